import { describe, expect, it } from 'vitest';
import { parseWithOurs } from './servers/fake-channel.ts';
import { parseWithNode } from './servers/llhttp.ts';
import type { Parsed } from './servers/llhttp.ts';

/** Responses to begin with; each is accepted by both. */
const seeds = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\nuntil the end',
  'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nuntil the end',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx',
  'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 100\r\n\r\n',
  'HTTP/1.1 200 OK\r\nConnection: close, x\r\nContent-Type: text/plain; charset=utf-8\r\nSet-Cookie: a=b; c\r\nSet-Cookie: d\r\nX-Empty:\r\nX-Blank:   \r\nX-Tab:\ta\tb\t\r\nContent-Length: 3\r\n\r\nabc',
  '\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx',
];

const specials = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ':',
  ';',
  ' ',
  '\t',
  ',',
  '"',
  '\\',
  '=',
  '0',
  '9',
  'f',
  'g',
  '-',
  '+',
  '\x7f',
  '\x80',
  '\xff',
  '(',
  '/',
  'chunked',
  'close',
  '\r\n\r\n',
  '\r\n ',
  'ffffffffffffffff',
  '18446744073709551616',
  'Content-Length: 5\r\n',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'Connection: keep-alive\r\n',
  'Connection: upgrade\r\nUpgrade: x\r\n',
];

/** The same sequence on every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(text: string, random: (below: number) => number): string {
  let result = text;
  for (let times = 1 + random(3); times > 0; times--) {
    const at = random(result.length + 1);
    const special = specials[random(specials.length)]!;
    switch (random(6)) {
      case 0:
        result = result.slice(0, at) + special + result.slice(at);
        break;
      case 1:
        result = result.slice(0, at) + special + result.slice(at + special.length);
        break;
      case 2:
        result = result.slice(0, at) + result.slice(at + 1 + random(4));
        break;
      case 3:
        result = result.slice(0, at) + String.fromCharCode(random(256)) + result.slice(at + 1);
        break;
      case 4: {
        // A line of the head once more, or gone.
        const lines = result.split('\r\n');
        const line = random(lines.length);
        lines.splice(line, random(2), ...(random(2) === 0 ? [lines[line]!] : []));
        result = lines.join('\r\n');
        break;
      }
      default:
        result = result.slice(0, at);
    }
  }
  return result;
}

/** Cuts the bytes at random places, or leaves them whole. */
function pieces(bytes: Buffer, random: (below: number) => number): Buffer[] {
  const cuts = [0, bytes.length, ...Array.from({ length: random(4) }, () => random(bytes.length + 1))].sort(
    (a, b) => a - b,
  );
  return cuts
    .slice(1)
    .map((end, index) => bytes.subarray(cuts[index], end))
    .filter((piece) => piece.length > 0);
}

const shown = (text: string, ours: Parsed, theirs: Parsed): string =>
  `${JSON.stringify(text)}\n  ours:   ${JSON.stringify(ours)}\n  Node's: ${JSON.stringify(theirs)}`;

describe('the response parser, against the one of Node', () => {
  it.each(seeds)('reads %j as Node does, in any pieces', (text) => {
    const bytes = Buffer.from(text, 'latin1');
    for (const method of ['GET', 'HEAD']) {
      const theirs = parseWithNode(bytes, method);
      expect(theirs).not.toHaveProperty('refused');
      for (let cut = 0; cut <= bytes.length; cut++) {
        const ours = parseWithOurs(
          [bytes.subarray(0, cut), bytes.subarray(cut)].filter((piece) => piece.length > 0),
          method,
        );
        expect(ours).toEqual(theirs);
      }
      expect(
        parseWithOurs(
          [...bytes].map((byte) => Buffer.of(byte)),
          method,
        ),
      ).toEqual(theirs);
    }
  });

  it('refuses what Node refuses, and reads alike what both accept', () => {
    const random = numbers(Number(process.env['FUZZ_SEED'] ?? 20_260));
    const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 30_000);
    const seen = { bothAccept: 0, bothRefuse: 0, stricter: 0 };
    const wrong: string[] = [];
    const stricter: string[] = [];
    for (let round = 0; round < rounds && wrong.length < 10; round++) {
      const text = mutate(seeds[random(seeds.length)]!, random);
      const bytes = Buffer.from(text, 'latin1');
      const method = random(8) === 0 ? 'HEAD' : 'GET';
      const theirs = parseWithNode(bytes, method);
      const ours = parseWithOurs(pieces(bytes, random), method);
      if ('refused' in theirs) {
        if ('refused' in ours) seen.bothRefuse++;
        else wrong.push(shown(text, ours, theirs));
      } else if ('refused' in ours) {
        seen.stricter++;
        stricter.push(shown(text, ours, theirs));
      } else if (JSON.stringify(ours) === JSON.stringify(theirs)) seen.bothAccept++;
      else wrong.push(shown(text, ours, theirs));
    }
    if (process.env['SHOW_STRICTER'] !== undefined) console.log(stricter.slice(0, 30).join('\n'), seen);
    expect(wrong.join('\n')).toBe('');
    expect(seen.bothAccept).toBeGreaterThan(rounds / 10);
    expect(seen.bothRefuse).toBeGreaterThan(rounds / 10);
    // Where ours alone refuses, it is one of the known few.
    expect(seen.stricter / (seen.bothAccept + seen.stricter)).toBeLessThan(0.01);
  });
});
