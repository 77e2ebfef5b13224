import { opendirSync as openNodeDir, type Dir, type Dirent, type OpenDirOptions, type PathLike } from 'node:fs';

/** An open directory that is iterated with `for … of`, as `Dir` is with `for await`. */
export class DirSync implements Iterable<Dirent>, Disposable {
  readonly #dir: Dir;
  #closed = false;

  constructor(dir: Dir) {
    this.#dir = dir;
  }

  get path(): string {
    return this.#dir.path;
  }

  /** The next entry, null at the end. */
  read(): Dirent | null {
    return this.#dir.readSync();
  }

  /** Closing twice throws `ERR_DIR_CLOSED`, as on `Dir`. */
  close(): void {
    this.#dir.closeSync();
    this.#closed = true;
  }

  /** Closes the directory at the end of the loop, however it ends. */
  *[Symbol.iterator](): Generator<Dirent, void, undefined> {
    try {
      for (let entry = this.read(); entry !== null; entry = this.read()) yield entry;
    } finally {
      this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    if (!this.#closed) this.close();
  }
}

/**
 * Opens a directory for iteration entry by entry: `opendir` of `node:fs/promises`, blocking.
 *
 * @example
 * ```ts
 * import { opendirSync } from '@unawait/std/fs';
 *
 * for (const entry of opendirSync('src', { recursive: true })) console.log(entry.name);
 * ```
 */
export function opendirSync(path: PathLike, options: OpenDirOptions = {}): DirSync {
  // Node takes buffers and URLs here as well, its types do not say so.
  return new DirSync(openNodeDir(path, options));
}
