import { buffer, json, text } from 'node:stream/consumers';

export const input = async () => {
  switch (process.env['CASES_STDIN']) {
    case 'text':
      return text(process.stdin);
    case 'json':
      return json(process.stdin);
    default:
      return buffer(process.stdin);
  }
};
