/** Takes out of what a run left behind whatever depends on the place and the moment, and nothing else. */

export interface Moment {
  /** Epoch milliseconds between which the run took place. */
  readonly from: number;
  readonly to: number;
  /** Folders of the run by the name that takes their place, longest path first: `/tmp/x/after` → `<project>`. */
  readonly folders: readonly (readonly [path: string, name: string])[];
}

/** Clocks of the run's machine and of who wrote the value may differ by this. */
const SLACK_MS = 60_000;
/** After the last frame, Node opens the braces of the error's own properties. */
const FRAME = /^\s*at .*(?:\(.*\)|:\d+:\d+|<anonymous>|native)(?: \{)?$/;
const FRAMES = '<frames>';
/** Fields of structured log lines that differ on each run by their meaning. */
const OF_THE_RUN = /^(pid|ppid|hostname|port|localPort|remotePort)$/i;
const DURATION =
  /^(duration|elapsed|took|latency|uptime|remaining)|(Duration|Elapsed|Latency|Took)(Ms|Micros|Seconds)?$/i;

/** One text: folders, addresses, moments of the run and stack frames. */
export function normaliseText(text: string, moment: Moment): string {
  let result = text;
  for (const [path, name] of moment.folders) result = result.replaceAll(path, name);
  result = result
    .replace(/\b(127\.0\.0\.1|localhost|\[::1\]|::1):\d+/g, '<local>')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, (stamp) =>
      isNow(Date.parse(stamp), moment) ? '<now>' : stamp,
    )
    .replace(/\b\d{13}\b/g, (number) => (isNow(Number(number), moment) ? '<now>' : number));
  return result.includes('at ') ? withoutFrames(result) : result;
}

/** Stack frames differ between async and blocking code by nature: that there were some is kept, not which. */
function withoutFrames(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (!FRAME.test(line)) lines.push(line);
    else if (lines.at(-1) !== FRAMES) lines.push(FRAMES);
  }
  return lines.join('\n');
}

function isNow(time: number, moment: Moment): boolean {
  return time >= moment.from - SLACK_MS && time <= moment.to + SLACK_MS;
}

/** A JSON value. Lists of stack frames keep only that they are not empty. */
function normaliseValue(value: unknown, moment: Moment, key = ''): unknown {
  if (typeof value === 'string') return normaliseText(value, moment);
  if (typeof value === 'number') {
    if (OF_THE_RUN.test(key) || DURATION.test(key)) return `<${key}>`;
    return value > 1e12 && isNow(value, moment) ? '<now>' : value;
  }
  if (Array.isArray(value)) {
    const frames = /^stack/i.test(key) && value.every((line) => typeof line === 'string');
    if (frames) return foldFrames(value, moment);
    return value.map((each) => normaliseValue(each, moment));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      OF_THE_RUN.test(name) ? `<${name}>` : normaliseValue(each, moment, name),
    ]),
  );
}

function foldFrames(lines: readonly string[], moment: Moment): string[] {
  const kept: string[] = [];
  for (const line of lines) {
    // Some cut the `at` off.
    const frame = FRAME.test(line) || /:\d+:\d+\)?$/.test(line);
    const text = frame ? FRAMES : normaliseText(line, moment);
    if (!frame || kept.at(-1) !== FRAMES) kept.push(text);
  }
  return kept;
}

/** A body or an output line: JSON by its values where that changes anything, everything else as text. Formatting is kept otherwise. */
export function normaliseDocument(text: string, moment: Moment): string {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) return normaliseText(text, moment);
  const normal = JSON.stringify(normaliseValue(value, moment));
  return normal === JSON.stringify(value) ? text : normal;
}

/** Lines of standard output. Durations in plain text are taken out too: `done in 12.3 ms`. */
export function normaliseOutput(text: string, moment: Moment): string[] {
  const lines = normaliseText(text, moment).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => {
    if (/^\s*[[{]/.test(line)) return normaliseDocument(line, moment);
    return line.replace(/\b\d+(?:\.\d+)?\s?(ms|µs|us|ns|s|sec|seconds|milliseconds)\b/g, '<duration>');
  });
}

/** Lines of standard error, without Node's warnings and the picture of the source line on which it crashed. */
export function normaliseErrors(text: string, moment: Moment): string[] {
  const picture = /^(?:file:\/\/|\/|node:)\S*:\d+\n.*\n\s*\^+\n\n?/gm;
  return normaliseOutput(text.replace(picture, ''), moment).filter(
    (line) => !/^\(node:\d+\) |^\(Use `node --trace-|^Node\.js v\d|^<frames>$/.test(line),
  );
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
