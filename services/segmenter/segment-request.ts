import type { Target, Task } from '@maskwright/catalogue';
import type { SourceImage } from '@maskwright/image';
import type { Prompt, Wording } from '@maskwright/prompt';

export interface TargetPrompt {
  readonly target: Target;
  readonly prompt: Prompt;
  /** Words it again with other attributes; absent where a person wrote it. */
  readonly wording?: Wording;
}
export interface SegmentRequest {
  readonly source: SourceImage;
  readonly task: Task;
  /** One a segment, in order. */
  readonly prompts: readonly TargetPrompt[];
  /** Id of the bundle whose masks a person wants, whatever the assessment says. */
  readonly model?: string | undefined;
  /** Whether segments also carry the model's probabilities, for FRACTIONAL objects. */
  readonly probabilities?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((framesDone: number, frames: number) => void) | undefined;
}
