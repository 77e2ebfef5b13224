import { spawn } from 'child_process';
import { useMetricAtom } from 'codemod:metrics';
import { failStep, progress } from 'codemod:runtime';
import { acquireLock, getState, setState } from 'codemod:workflow';

/** Well under the minute of silence after which the CLI gives a step up. */
const STILL_THERE_MS = 10_000;
/** A file's new text is kept under this and its path in the target. */
const TEXT = 'text:';

const changed = useMetricAtom('unawait-files');

/**
 * The bridge between the CLI, which asks file by file, and the engine, which needs the whole project: the first call converts a
 * copy, every call answers with the new text of its file, or null.
 */
export default async function preview(root, options) {
  const release = acquireLock('unawait');
  try {
    if (getState('converted') !== true) {
      for (const [file, text] of Object.entries(await convert(options))) setState(TEXT + file, text);
      setState('converted', true);
    }
  } finally {
    release();
  }
  const text = getState(TEXT + root.filename().slice(options.targetDir.length + 1));
  changed.increment({ result: text === undefined ? 'unchanged' : 'changed' });
  return text ?? null;
}

async function convert({ targetDir, params }) {
  const words = (params.options ?? '').split(/\s+/).filter((word) => word !== '');
  const engine = `${packageFolder()}/bundle/texts.mjs`;
  const { code, output, errors } = await finished(spawn('node', [engine, targetDir, ...words]));
  if (code !== 0) failStep(errors.trim() || `unawait ended with exit code ${code}.`);
  return JSON.parse(output);
}

async function finished(child) {
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk.toString()));
  child.stderr.on('data', (chunk) => (errors += chunk.toString()));
  const timer = setInterval(() => progress('unawait is converting'), STILL_THERE_MS);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, output, errors }));
    });
  } finally {
    clearInterval(timer);
  }
}

/** A stack trace is the only place here that tells where this file lies. */
function packageFolder() {
  const [, folder] = /\(?((?:\/|[A-Za-z]:)[^()\n]*)[\\/]scripts[\\/]preview\.js:\d/.exec(new Error('here').stack) ?? [];
  if (folder === undefined) failStep('The folder of this codemod could not be found.');
  return folder;
}
