import { exec, execFile, execFileSync, execSync, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const node = process.execPath;

export const output = async () => promisify(execFile)(node, ['-p', '1 + 1']);
export const bytes = async () => promisify(execFile)(node, ['-p', '1'], { encoding: 'buffer' });
export const errorOutput = async () => promisify(execFile)(node, ['-e', 'console.error("bad"); process.exit(3)']);
export const folder = async () => promisify(execFile)('pwd', { cwd: '/' });
export const environment = async () => promisify(execFile)(node, ['-p', 'process.env.A'], { env: { A: 'b' } });
export const missing = async () => promisify(execFile)('no-such-program', ['a', 'b']);
export const killed = async () =>
  promisify(execFile)(node, ['-e', 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 1000)']);
export const tooLong = async () => promisify(execFile)(node, ['-e', 'setTimeout(() => {}, 5000)'], { timeout: 100 });
export const tooMuch = async () =>
  promisify(execFile)(node, ['-e', 'console.log("x".repeat(2000))'], { maxBuffer: 1000 });
export const shell = async () => promisify(exec)('echo one; echo two >&2');
export const shellFails = async () => promisify(exec)('echo out; exit 7');
export const shellMissing = async () => promisify(exec)('no-such-program --help');
export const shellEncoding = async () => promisify(exec)('printf abc', { encoding: 'base64' });
export const blockingAlready = async () => {
  const { stdout } = await promisify(exec)('echo one');
  return [
    stdout,
    String(execSync('echo two')),
    String(execFileSync('echo', ['three'])),
    spawnSync('echo', ['four']).status,
  ];
};
