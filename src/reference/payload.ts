import { gzipSync } from 'node:zlib';
import type { PayloadSpec } from './scenario.ts';

/** The bytes a payload spec stands for. A `fill` whose `bytes` cannot be met exactly (a unit of several bytes) is padded with spaces. */
export function payloadBytes(spec: PayloadSpec): Buffer {
  if ('json' in spec) return Buffer.from(JSON.stringify(spec.json));
  if ('text' in spec) return Buffer.from(spec.text);
  if ('base64' in spec) return Buffer.from(spec.base64, 'base64');
  if ('gzip' in spec) return gzipSync(payloadBytes(spec.gzip));
  const before = Buffer.from(spec.before ?? '');
  const after = Buffer.from(spec.after ?? '');
  const unit = Buffer.from(spec.fill);
  const room = spec.bytes - before.length - after.length;
  if (room < 0) throw new RangeError(`A payload of ${spec.bytes} bytes has no room for its \`before\` and \`after\`.`);
  const filled = Buffer.alloc(room, ' ');
  const whole = unit.length === 0 ? 0 : room - (room % unit.length);
  if (whole > 0) filled.fill(unit, 0, whole);
  return Buffer.concat([before, filled, after]);
}

/** The same for a spec whose text or JSON names places, `{folder}`: each is replaced by what `places` has for it. Other bytes stay as they are. */
export function filledPayload(spec: PayloadSpec, places: Places): Buffer {
  if ('gzip' in spec) return gzipSync(filledPayload(spec.gzip, places));
  const bytes = payloadBytes(spec);
  const spoken = 'json' in spec || 'text' in spec;
  return spoken && bytes.includes('{') ? Buffer.from(fillPlaces(bytes.toString('utf8'), places)) : bytes;
}

/** What stands in scenarios between braces, by name: `peers.api` → `127.0.0.1:41235`. */
export type Places = ReadonlyMap<string, string>;

export function fillPlaces(text: string, places: Places): string {
  return text.replace(/\{([\w.-]+)\}/g, (whole, name: string) => places.get(name) ?? whole);
}
