/** Fields of scenario files. Every check throws a `TypeError` that names the place. */
export type Fields = Readonly<Record<string, unknown>>;

export function payload(value: unknown, at: string): void {
  const spec = object(value, at);
  if ('json' in spec) return;
  if ('text' in spec) {
    text(spec, 'text', at);
    return;
  }
  if ('base64' in spec) {
    text(spec, 'base64', at);
    return;
  }
  if ('gzip' in spec) {
    payload(spec['gzip'], `${at}.gzip`);
    return;
  }
  if (!('fill' in spec)) fail(at, 'an object with json, text, base64, gzip or fill');
  text(spec, 'fill', at);
  count(spec, 'bytes', at);
}

export function object(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(at, 'an object');
  return value as Fields;
}

export function list(fields: Fields, key: string, at: string): readonly unknown[] {
  const value = fields[key] ?? [];
  if (!Array.isArray(value)) fail(`${at}: ${key}`, 'a list');
  return value as unknown[];
}

export function text(fields: Fields, key: string, at: string): void {
  if (typeof fields[key] !== 'string') fail(`${at}.${key}`, 'a string');
}

export function count(fields: Fields, key: string, at: string, least = 0): void {
  const value = fields[key];
  if (!Number.isInteger(value) || (value as number) < least) fail(`${at}.${key}`, `a whole number from ${least}`);
}

export function oneOf(fields: Fields, key: string, allowed: readonly unknown[], at: string): void {
  if (!allowed.includes(fields[key])) fail(`${at}.${key}`, `one of ${allowed.join(', ')}`);
}

export function fail(at: string, wanted: string): never {
  throw new TypeError(`${at} must be ${wanted}.`);
}
