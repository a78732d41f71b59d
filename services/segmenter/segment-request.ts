import type { Target, Task } from '@maskwright/catalogue';
import type { SourceImage } from '@maskwright/image';
import type { Prompt } from '@maskwright/prompt';

export interface TargetPrompt {
  readonly target: Target;
  readonly prompt: Prompt;
}
export interface SegmentRequest {
  readonly source: SourceImage;
  readonly task: Task;
  /** One a segment, in order. */
  readonly prompts: readonly TargetPrompt[];
  /** Id of the bundle whose masks a person wants, whatever the assessment says. */
  readonly model?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((framesDone: number, frames: number) => void) | undefined;
}
