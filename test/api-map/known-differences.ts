/** Cases (`file#case`) whose blocking form is known to answer otherwise, and how. */
export const differs: Readonly<Record<string, string>> = {
  'fs-promises.ts#cpFolderFlat': "Node 20's `cpSync` reports errno 22 beside EISDIR, `cp` 21",
  'fs-promises.ts#lchmodAnywhere': 'there is no `lchmodSync` outside of macOS',
  'fs-promises.ts#mkdtempMissing': 'the random letters in the path of the error are still XXXXXX',
  'file-handle.ts#dirMissing': "Node 20's `opendirSync` does not name the path in its error",
  'file-handle.ts#dirOfFile': "Node 20's `opendirSync` does not name the path in its error",
  'zlib.ts#wrongInput': 'the argument has another name in the message about its type',
  'files.js#emptyDir': '`fs-extra` returns an array of nothing, against its own types',
  'files.js#emptydir': '`fs-extra` returns an array of nothing, against its own types',
  'files.js#hashedMissing': '`hasha` has the error made in a worker thread, and `name` becomes its own property',
  'files.js#readJsonMissing': '`jsonfile` puts the name of the file in front of the message, in its blocking form only',
  'undici.js#twice':
    'a body that is read twice is an assertion that fails in `undici`, a `TypeError` here, as in `fetch`',
};
