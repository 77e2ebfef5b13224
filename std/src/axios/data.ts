import type { HeaderLines } from '../clients/follow.ts';

type Visit = (name: string, value: string) => void;

/** Names and values of parameters as `axios` writes them: `a[]=1` for arrays, `a[b]=1` for objects, nothing for null. */
function eachPair(source: object, visit: Visit): void {
  const scalar = (value: unknown): string =>
    value instanceof Date ? value.toISOString() : (value as number).toString();
  const walk = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    if (typeof value !== 'object' || value instanceof Date) visit(name, scalar(value));
    else for (const [key, inner] of Object.entries(value)) walk(`${name}[${key}]`, inner);
  };
  for (const [name, value] of Object.entries(source)) {
    if (typeof value === 'object' && name.endsWith('{}')) visit(name, JSON.stringify(value));
    else if (Array.isArray(value) && !value.some((each) => typeof each === 'object' && each !== null)) {
      const list = name.endsWith('[]') ? name : `${name}[]`;
      for (const each of value) if (each !== undefined && each !== null) visit(list, scalar(each));
    } else walk(name, value);
  }
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%24', '$').replaceAll('%2C', ',').replaceAll('%20', '+');

/** `path` with the parameters behind it. */
export function withParams(path: string, params: object | undefined): string {
  if (!params) return path;
  let query = '';
  if (params instanceof URLSearchParams) query = params.toString();
  else {
    const pairs: string[] = [];
    eachPair(params, (name, value) => pairs.push(`${encode(name)}=${encode(value)}`));
    query = pairs.join('&');
  }
  if (query === '') return path;
  const [bare = ''] = path.split('#');
  return bare + (bare.includes('?') ? '&' : '?') + query;
}

/** The body as it goes out; sets the content type that `axios` gives it. */
export function bodyOf(data: unknown, headers: HeaderLines): string | Uint8Array | undefined {
  const type = String(headers['content-type'] ?? '');
  const typed = (name: string): void => void (headers['content-type'] ??= name);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (Buffer.isBuffer(data)) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer as ArrayBuffer);
  if (data instanceof URLSearchParams) {
    typed('application/x-www-form-urlencoded;charset=utf-8');
    return data.toString();
  }
  if (typeof data === 'object' && data !== null) {
    refuseStreams(data);
    if (type.includes('multipart/form-data')) throw new TypeError('Form data has no blocking form');
    if (type.includes('application/x-www-form-urlencoded')) {
      const form = new URLSearchParams();
      eachPair(data, (name, value) => form.append(name, value));
      return form.toString();
    }
    typed('application/json');
    return JSON.stringify(data);
  }
  if (type.includes('application/json')) return data === undefined ? undefined : jsonText(data);
  return data === undefined || data === null ? undefined : (data as string);
}

function refuseStreams(data: object): void {
  const streams = 'pipe' in data || 'getReader' in data || 'getHeaders' in data;
  if (streams || data instanceof Blob || data instanceof FormData)
    throw new TypeError(`A ${data.constructor.name} as the body has no blocking form`);
}

/** Text that is JSON already stays, trimmed. */
function jsonText(data: unknown): string {
  if (typeof data !== 'string') return JSON.stringify(data);
  try {
    JSON.parse(data);
    return data.trim();
  } catch {
    return JSON.stringify(data);
  }
}
