import { MaskwrightError, messageOf } from '@maskwright/errors';

export type ExecutionProvider = 'cpu' | 'cuda' | 'tensorrt' | 'webgpu';
/** Where and how graphs run. */
export interface Runtime {
  /** Tried in this order. */
  readonly executionProviders: readonly ExecutionProvider[];
  /** CPU threads; default: ONNX Runtime's own choice. */
  readonly threads?: number;
  /** Images that go through a graph together, default 8: bounds memory, whatever the volume's size. */
  readonly batchSize?: number;
  /** Told which providers could not be used and why, whenever a later one is used instead. */
  readonly onFallback?: (reason: string) => void;
}

/**
 * What `open` gives for the first execution provider that it does not fail on.
 * @throws MaskwrightError INFERENCE_FAILED naming every provider and why it failed
 */
export async function onFirstProvider<T>(
  { executionProviders, onFallback }: Runtime,
  where: string,
  open: (provider: ExecutionProvider) => Promise<T>,
): Promise<T> {
  const failures: string[] = [];
  for (const provider of executionProviders) {
    try {
      const opened = await open(provider);
      if (failures.length > 0) onFallback?.(`${where} runs on ${provider}: ${failures.join('; ')}`);
      return opened;
    } catch (error) {
      failures.push(`${provider} cannot be used (${inOneLine(error)})`);
    }
  }
  throw new MaskwrightError('INFERENCE_FAILED', `${where}: ${failures.join('; ') || 'no execution provider is named'}`);
}

/** One line, also of errors from native code. */
export function inOneLine(error: unknown): string {
  return messageOf(error).replace(/\s+/g, ' ').trim();
}
