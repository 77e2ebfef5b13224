export { readChunksSync, type ChunkOptions, type Source } from './fs/chunks.ts';
export { DialogueSync, type DialogueOptions } from './fs/dialogue.ts';
export { DirSync, opendirSync } from './fs/directory.ts';
export { FileHandleSync, openSync, type FileData, type ReadOptions, type WriteOptions } from './fs/file-handle.ts';
export { FileWriterSync, type WriterOptions } from './fs/writer.ts';
export { writeChunksSync } from './fs/write-chunks.ts';
export { readInputSync } from './fs/input.ts';
export { readLinesSync } from './fs/lines.ts';
