import { Header } from 'tar';

interface Entry {
  readonly name: string;
  readonly content?: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'FIFO';
  readonly linkpath?: string;
  /** Where it is not the content's. */
  readonly size?: number;
}

const BLOCK = 512;

/** A tar whose entries are written as they are given, also what no packer would write. */
export function tarOf(entries: readonly Entry[]): Uint8Array {
  const blocks = entries.flatMap(({ name, content = '', type = 'File', linkpath, size }) => {
    const body = Buffer.from(content);
    const header = new Header({
      path: name,
      type,
      size: size ?? body.length,
      mode: 0o644,
      mtime: new Date(0),
      ...(linkpath === undefined ? {} : { linkpath }),
    });
    const block = Buffer.alloc(BLOCK);
    header.encode(block, 0);
    return [block, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}
