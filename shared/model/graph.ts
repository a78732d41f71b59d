import { MaskwrightError } from '@maskwright/errors';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Bundle } from './bundle.ts';
import { readChecked } from './checked-file.ts';
import { checkNames, type GraphShape } from './graph-shape.ts';
import type { CheckedFile } from './manifest.ts';
import { inOneLine, onFirstProvider, type Runtime } from './runtime.ts';

/** C order. */
export type GraphInput =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array };
export interface GraphOutput {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
/** One ONNX graph, ready to run. */
export interface Graph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** @throws MaskwrightError INFERENCE_FAILED, also where an output holds NaN or infinity */
  run(feeds: Readonly<Record<string, GraphInput>>): Promise<ReadonlyMap<string, GraphOutput>>;
  dispose(): Promise<void>;
}

/**
 * Opens a graph from bytes that were just checked against the manifest; that they name no other file was seen when the bundle
 * was loaded.
 * @throws MaskwrightError BUNDLE_INVALID for wrong names or another file; INFERENCE_FAILED where no provider takes it
 */
export async function openGraph(
  bundle: Bundle,
  name: string,
  file: CheckedFile,
  shape: GraphShape,
  runtime: Runtime,
): Promise<Graph> {
  const where = `bundle ${bundle.id}, ${file.file}`;
  const session = await openSession(await readChecked(bundle.directory, file), where, runtime);
  try {
    checkNames({ inputs: session.inputNames, outputs: session.outputNames }, shape, where);
  } catch (error) {
    await session.release();
    throw error;
  }
  const { Tensor: TensorClass } = await onnxRuntime();
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds) {
      const tensors: Record<string, Tensor> = {};
      for (const [key, { type, data, dims }] of Object.entries(feeds)) tensors[key] = new TensorClass(type, data, dims);
      try {
        const results = await session.run(tensors);
        return new Map(session.outputNames.map((key) => [key, finite(results[key], key)]));
      } catch (error) {
        if (error instanceof MaskwrightError)
          throw new MaskwrightError(error.code, `${where}: ${error.message}`, { cause: error });
        throw new MaskwrightError('INFERENCE_FAILED', `${where}: the ${name} graph failed: ${inOneLine(error)}`, {
          cause: error,
        });
      }
    },
    dispose: () => session.release(),
  };
}

/** Loaded with the first model. */
function onnxRuntime() {
  // Read while it loads: without it usage is reported to Microsoft, under an identifier that is kept in the home folder.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  return import('onnxruntime-node');
}

async function openSession(content: Uint8Array, where: string, runtime: Runtime): Promise<InferenceSession> {
  const { InferenceSession: Session } = await onnxRuntime();
  return onFirstProvider(runtime, where, (provider) =>
    Session.create(content, {
      executionProviders: [provider],
      logSeverityLevel: ERRORS_ONLY,
      ...(runtime.threads === undefined ? {} : { intraOpNumThreads: runtime.threads }),
    }),
  );
}
const ERRORS_ONLY = 3;

function finite(tensor: Tensor | undefined, name: string): GraphOutput {
  if (!(tensor?.data instanceof Float32Array))
    throw new MaskwrightError('BUNDLE_INVALID', `output ${name} is ${tensor?.type ?? 'absent'}, not float32`);
  const { data, dims } = tensor;
  // Zero times NaN or infinity is NaN; one sum is much faster than a look at each of millions of values.
  let zero = 0;
  for (let i = 0; i < data.length; i++) zero += (data[i] ?? 0) * 0;
  if (zero !== 0) throw new MaskwrightError('INFERENCE_FAILED', `output ${name} holds values that are not numbers`);
  return { dims, data };
}
