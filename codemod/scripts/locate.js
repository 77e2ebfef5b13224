import { setState } from 'codemod:workflow';

/** Hands the target folder to the shell step, which is not told it. Changes nothing. */
export default function locate(_root, options) {
  setState('targetDir', options.targetDir);
  return null;
}
