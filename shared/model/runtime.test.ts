import { describe, expect, test } from 'vitest';
import { type ExecutionProvider, onFirstProvider } from './runtime.ts';

const broken: Partial<Record<ExecutionProvider, string>> = { cuda: 'no\n  driver', tensorrt: 'no library' };
const open = async (provider: ExecutionProvider) => {
  const fault = broken[provider];
  if (fault) throw new Error(fault);
  return provider;
};

describe('onFirstProvider', () => {
  test.each<[ExecutionProvider[], ExecutionProvider, string[]]>([
    [['cpu', 'cuda'], 'cpu', []],
    [['cuda', 'cpu'], 'cpu', ['a.onnx runs on cpu: cuda cannot be used (no driver)']],
    [
      ['tensorrt', 'cuda', 'webgpu', 'cpu'],
      'webgpu',
      ['a.onnx runs on webgpu: tensorrt cannot be used (no library); cuda cannot be used (no driver)'],
    ],
  ])('%j opens on %s and says what failed before', async (executionProviders, used, said) => {
    const reasons: string[] = [];
    const onFallback = (reason: string) => reasons.push(reason);
    expect(await onFirstProvider({ executionProviders, onFallback }, 'a.onnx', open)).toBe(used);
    expect(reasons).toEqual(said);
  });
  test('never falls back to a provider that was not named', async () => {
    await expect(onFirstProvider({ executionProviders: ['cuda'] }, 'a.onnx', open)).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      message: 'a.onnx: cuda cannot be used (no driver)',
    });
    await expect(onFirstProvider({ executionProviders: [] }, 'a.onnx', open)).rejects.toThrow('no execution provider');
  });
});
