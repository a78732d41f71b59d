import { MaskwrightError } from '@maskwright/errors';
import { checkMaps, decoderInputs } from './decoder-inputs.ts';
import type { Domain } from './domain.ts';
import { CONVENTIONAL_SHAPE, checkNames, type GraphShape, SPLIT_SHAPES, WHOLE_SHAPE } from './graph-shape.ts';
import type { CheckedFile, Manifest, ModelInput } from './manifest.ts';
import type { Port, Ports } from './onnx-ports.ts';

type Domains = ReadonlyMap<string, Pick<Domain, 'dim'>>;

/** TensorProto.DataType (onnx.proto3); 0 where a graph does not say. */
const TYPES: Readonly<Record<string, number>> = { float32: 1, int64: 7 };
const WORD_INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'];

/**
 * Whether the graphs are what the manifest and its training statistics say, as far as the files themselves tell; sizes that a
 * graph leaves open are seen by `tryBundle`.
 * @throws MaskwrightError BUNDLE_INVALID naming file, input or output, and what differs
 */
export function checkGraphs(manifest: Manifest, graphs: ReadonlyMap<string, Ports>, domains: Domains): void {
  const [text, image] = [graphs.get('text'), graphs.get('image')];
  for (const { name, file, shape } of partsOf(manifest)) {
    const ports = graphs.get(name);
    if (!ports) continue;
    checkNames(namesOf(ports), shape, file.file);
    checkInputs(ports, manifest, file.file);
    checkOutputs(ports, manifest, domains, file.file);
    if (shape !== SPLIT_SHAPES.decoder || !image) continue;
    if (text) decoderInputs({ text: namesOf(text), image: namesOf(image), decoder: namesOf(ports) }, 'graphs');
    else checkMaps(namesOf(ports).inputs, namesOf(image), file.file);
  }
}

interface Part {
  readonly name: string;
  readonly file: CheckedFile;
  readonly shape: GraphShape;
}
/** Every graph of a bundle by a name of its own. */
export function partsOf({ kind, graphs, domain }: Manifest): Part[] {
  if ('whole' in graphs)
    return [{ name: 'whole', file: graphs.whole, shape: kind === 'conventional' ? CONVENTIONAL_SHAPE : WHOLE_SHAPE }];
  return [
    ...('text' in graphs ? [{ name: 'text', file: graphs.text, shape: SPLIT_SHAPES.text }] : []),
    { name: 'image', file: graphs.image, shape: SPLIT_SHAPES.image },
    { name: 'decoder', file: graphs.decoder, shape: SPLIT_SHAPES.decoder },
    ...Object.entries(domain).flatMap(([family, { decoder }]) =>
      decoder ? [{ name: `decoder of ${family}`, file: decoder, shape: SPLIT_SHAPES.decoder }] : [],
    ),
  ];
}

function namesOf({ inputs, outputs }: Ports) {
  return { inputs: [...inputs.keys()], outputs: [...outputs.keys()] };
}

function checkInputs({ inputs }: Ports, { input, domain }: Manifest, file: string): void {
  for (const name of WORD_INPUTS) checkPort(inputs.get(name), name, 'int64', undefined, file);
  const pixels = (size: Pick<ModelInput, 'width' | 'height'>, source?: string) =>
    checkPort(
      inputs.get('pixel_values'),
      'pixel_values',
      'float32',
      [undefined, input.channels, size.height, size.width],
      file,
      source,
    );
  pixels(input);
  for (const [family, { input: own }] of Object.entries(domain)) if (own) pixels(own, ` (the input of ${family})`);
}

function checkOutputs({ outputs }: Ports, manifest: Manifest, domains: Domains, file: string): void {
  for (const [family, { dim }] of domains)
    checkPort(outputs.get('pooled'), 'pooled', 'float32', [undefined, dim], file, ` (the statistics of ${family})`);
  const logits = outputs.get('logits');
  checkPort(logits, 'logits', 'float32', undefined, file);
  const channels = logits?.dims?.length === 4 ? logits.dims[1] : undefined;
  if (manifest.kind !== 'conventional' || channels === undefined) return;
  for (const { name, channel } of manifest.classes)
    if (channel >= channels)
      throw new MaskwrightError(
        'BUNDLE_INVALID',
        `${file}: ${name} is channel ${channel} (counted from 0), the graph has ${channels} channels`,
      );
}

function checkPort(
  port: Port | undefined,
  name: string,
  type: string,
  dims: readonly (number | undefined)[] | undefined,
  file: string,
  source = '',
): void {
  if (!port) return;
  if (port.type !== 0 && port.type !== TYPES[type])
    throw new MaskwrightError('BUNDLE_INVALID', `${file}: ${name} is not ${type} (ONNX type ${port.type})`);
  const stated = port.dims;
  if (!stated || !dims) return;
  const differs = (size: number | undefined, axis: number) =>
    size !== undefined && stated[axis] !== undefined && size !== stated[axis];
  if (stated.length !== dims.length || dims.some(differs))
    throw new MaskwrightError(
      'BUNDLE_INVALID',
      `${file}: ${name} is ${shapeOf(stated)}, the manifest says ${shapeOf(dims)}${source}`,
    );
}

function shapeOf(dims: readonly (number | undefined)[]): string {
  return dims.map((size) => size ?? 'any').join(' × ');
}
