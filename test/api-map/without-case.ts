const newer = 'Node 20 does not have it';
const typeOnly = 'a type has nothing to run; the type test compiles its uses';
const domSubtle = 'the same as in `node:crypto#webcrypto.SubtleCrypto`, in projects with the DOM library';
const subtle = [
  ...['digest', 'encrypt', 'decrypt', 'sign', 'verify', 'generateKey', 'deriveKey', 'deriveBits'],
  ...['importKey', 'exportKey', 'wrapKey', 'unwrapKey'],
];
const oldVersion = 'a version between those that are installed';

/** Rows with a blocking form that no case runs, and why. */
export const withoutCase: Readonly<Record<string, string>> = {
  'node:fs/promises#glob': newer,
  'node:fs/promises#mkdtempDisposable': newer,
  'node:fs#glob': newer,
  'node:fs#lchmod': 'only macOS has it',
  'node:zlib#zstdCompress': newer,
  'node:zlib#zstdDecompress': newer,
  'node:crypto#argon2': newer,
  'node:fs#read': 'its promisified form is refused; `new Promise` around it is an idiom',
  'node:fs#readv': 'its promisified form is refused; `new Promise` around it is an idiom',
  'node:fs#write': 'its promisified form is refused; `new Promise` around it is an idiom',
  'node:fs#writev': 'its promisified form is refused; `new Promise` around it is an idiom',
  ...Object.fromEntries(subtle.map((name) => [`global#SubtleCrypto.${name}`, domSubtle])),
  'global#Response.bytes': "Node 20's `Response` does not have it",
  'node:stream/web#ReadableStream': typeOnly,
  'global#ReadableStream': typeOnly,
  'node:readline#Interface': typeOnly,
  'undici#Response': typeOnly,
  'node-fetch#Response': typeOnly,
  'cosmiconfig#PublicExplorer': typeOnly,
  'lilconfig#AsyncSearcher': typeOnly,
  'async-mutex#Mutex': typeOnly,
  'async-mutex#Semaphore': typeOnly,
  'isexe#isexe': '`which` is converted with it and run in `real.test.ts`',
  'node:worker_threads#receiveMessageOnPort': 'it is the same call',
  'global#RequestInit': 'its uses are the fixtures of `fetch-init`',
  'global#RequestInit.method': 'its uses are the fixtures of `fetch-init`',
  'global#RequestInit.headers': 'its uses are the fixtures of `fetch-init`',
  'global#RequestInit.body': 'its uses are the fixtures of `fetch-init`',
  'global#RequestInit.redirect': 'its uses are the fixtures of `fetch-init`',
  'node-fetch#Response.type': 'the same as `global#Response.type`',
  'node-fetch#Response.body': 'it is a Node stream there',
  'node-fetch#Response.bytes': 'the same as `global#Response.bytes`',
  'superagent#*': 'the same as `superagent#default`, by a namespace',
  'superagent#request.Request.cert': 'client certificates are tested with `@unawait/std/tls`',
  'superagent#request.Request.key': 'client certificates are tested with `@unawait/std/tls`',
  'rimraf#windows': 'it is for Windows',
  'find-up#pathExists': oldVersion,
  'read-pkg#readPackageAsync': oldVersion,
  'read-pkg-up#readPackageUp': oldVersion,
  'cross-spawn#sync': 'it is the same call',
  'clipboardy#default.read': 'there is no clipboard',
  'clipboardy#default.write': 'there is no clipboard',
  'esbuild#analyzeMetafile': 'its text has times in it',
  '@babel/core#loadOptionsAsync': 'its types do not have it',
  '@babel/core#createConfigItemAsync': 'it needs a plugin',
  'bcrypt#hash': 'it is compiled when it is installed; the same names as `bcryptjs`',
  'bcrypt#compare': 'it is compiled when it is installed; the same names as `bcryptjs`',
  'bcrypt#genSalt': 'it is compiled when it is installed; the same names as `bcryptjs`',
};

/** The same for whole groups of rows. */
export const groupsWithoutCase: readonly (readonly [group: RegExp, why: string])[] = [
  [/^axios#(axios(\.|$)|AxiosStatic)/, 'the rows of `axios#default` by the names that `require` gives them'],
  [
    /#(RequestInit|AxiosRequestConfig|CreateAxiosDefaults)(\.|$)/,
    'options are properties of literals, which the cases give',
  ],
  [/^(axios|got|ky|node-fetch)#\w*Error(\.|$)/, 'the cases tell errors by `instanceof`, and read what was narrowed'],
  [/^(undici|node-fetch)#Headers(\.|$)/, 'the same as `global#Headers`'],
  [/^got#(got|PlainResponse)(\.|$)/, 'another name of `got#default` and `got#Response`'],
  [/^(axios|got|ky|undici)#[\w.]*(Response|ResponseData|BodyReadable|Instance|Got)$/, typeOnly],
  [/^(axios|got|ky|undici)#[\w.]*(Response|ResponseData)\.\w+$/, 'the cases take responses apart'],
  [/^global#ReadableStream|ReadableStreamDefaultReader$/, 'the same as those of `node:stream/web`'],
  [
    /^superagent#(SARequest|request\.Response|Response)(\.|$)/,
    'another name of `Request`; the cases take responses apart',
  ],
  [/^superagent#request($|\.SuperAgentStatic\.)/, 'what `require` gives; the same as `superagent#default`'],
  [/^superagent#(request\.)?(Request|HTTPError|ResponseError)$/, typeOnly],
  [/^superagent#(request\.)?(HTTPError|ResponseError)\./, 'the cases read what was narrowed'],
  [
    /^undici#(Client|Pool|Agent)(\.(close|destroy|closed|destroyed))?$/,
    'cases run it for another of the three classes',
  ],
  [/^global#BodyMixin\./, 'the same as `global#Response`, which is one'],
  [/^ky#ky(\.|$)/, 'another name of `ky#default`'],
];
