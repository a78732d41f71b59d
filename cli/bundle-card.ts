import type { Manifest } from '@maskwright/model';

export interface SignatureState {
  readonly state: 'unsigned' | 'not verified' | 'trusted' | 'not trusted';
  /** Fingerprint. */
  readonly key?: string;
}

/** What hospital IT asks of a model, from its manifest and from the catalogue that ships. */
export interface BundleCard
  extends Pick<
    Manifest,
    | 'id'
    | 'version'
    | 'kind'
    | 'architecture'
    | 'researchUseOnly'
    | 'licence'
    | 'input'
    | 'classes'
    | 'metrics'
    | 'training'
    | 'notes'
  > {
  /** Tasks of the catalogue that use the model. */
  readonly tasks: readonly string[];
  readonly domain: readonly {
    readonly family: string;
    readonly modalities: readonly string[];
    readonly near: number;
    readonly far: number;
    /** Where images of the family go into the graphs in another size, pixels. */
    readonly input?: Manifest['domain'][string]['input'];
  }[];
  /** Whether it predicts the Dice of its masks. */
  readonly calibrated: boolean;
  readonly files: readonly { readonly file: string; readonly sha256: string; readonly bytes: number }[];
  /** sha256 of manifest.json. */
  readonly digest: string;
  readonly signature: SignatureState;
}

const SIGNATURE_WORDS: Readonly<Record<SignatureState['state'], string>> = {
  unsigned: 'none',
  'not verified': 'there, not verified (name the public keys by --key)',
  trusted: 'good',
  'not trusted': 'NOT one of the given keys, or the manifest was changed',
};

export function linesOf(card: BundleCard): string[] {
  const { input, training, signature } = card;
  const kind =
    card.kind === 'vlsm' ? 'finds what a prompt describes (vlsm)' : 'fixed list of structures (conventional)';
  return [
    `${card.id} ${card.version}: ${kind}`,
    ...(card.researchUseOnly ? ['For research use only.'] : []),
    `architecture  ${card.architecture}`,
    `licence       ${card.licence}`,
    `input         ${input.width} × ${input.height} pixels RGB, the whole image squashed to it; mean ${input.mean.join(' ')}, std ${input.std.join(' ')}`,
    `tasks         ${card.tasks.join(', ') || 'none of the catalogue that ships'}`,
    `calibrated    ${card.calibrated ? 'yes: the Dice of a mask is predicted' : 'no: the Dice of a mask is not predicted'}`,
    `digest        ${card.digest}`,
    `signature     ${SIGNATURE_WORDS[signature.state]}${signature.key ? `, ${signature.key}` : ''}`,
    ...part('structures', card.classes.map(classLine)),
    ...part(
      'domain (distance of the image to the training images: at home up to the first number, foreign from the second)',
      card.domain.map(
        ({ family, modalities, near, far, input }) =>
          `${family}: ${modalities.join(', ')}; ${near}, ${far}${input ? `; input ${input.width} × ${input.height}` : ''}`,
      ),
    ),
    ...part(
      'Dice on images that were kept out of the training, with its 95 % interval',
      card.metrics.map(
        ({ dataset, target, promptType, n, dice, diceLow, diceHigh }) =>
          `${dataset}, ${target} (prompt ${promptType}): ${three(dice)} (${three(diceLow)}–${three(diceHigh)}), n = ${n}`,
      ),
    ),
    ...part(
      `training: ${training.code}, ${training.date}, ${training.minutes} minutes, seed ${training.seed}`,
      training.data.map(({ name, images, licence, source }) => `${name}: ${images} images; ${licence}; ${source}`),
    ),
    ...part(
      'files',
      card.files.map(({ file, bytes, sha256 }) => `${file}: ${bytes} bytes, sha256 ${sha256}`),
    ),
    ...part('notes', card.notes),
  ];
}

function part(title: string, lines: readonly string[]): string[] {
  return ['', title, ...(lines.length > 0 ? lines : ['none stated']).map((line) => `  ${line}`)];
}

function classLine(one: BundleCard['classes'][number]): string {
  const code = one.code ? ` (${one.code.value}, ${one.code.scheme}, "${one.code.meaning}")` : '';
  const least = one.minAreaFraction > 0 ? `, at least ${percent(one.minAreaFraction)} of the frame` : '';
  const lower = one.temperature ? `, less where unsure (temperature ${one.temperature})` : '';
  const shape = one.shape ? `, drawn as an ${one.shape}` : '';
  return `${one.family}: ${one.name}${code}; probability above ${one.threshold}${lower}${least}${shape}`;
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`;
}
function three(value: number): string {
  return value.toFixed(3);
}
