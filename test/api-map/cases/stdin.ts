import readline, { createInterface as openDialogue } from 'node:readline';
import { createInterface, type Interface } from 'node:readline/promises';
import { buffer, json, text } from 'node:stream/consumers';

export const input = async () => {
  switch (process.env['CASES_STDIN']) {
    case 'text':
      return text(process.stdin);
    case 'json':
      return json(process.stdin);
    case 'question':
      return question(createInterface({ input: process.stdin, output: process.stderr, terminal: false }));
    case 'positions':
      return question(createInterface(process.stdin, process.stderr));
    case 'callback':
      return new Promise<string>((resolve) => {
        const dialogue = readline.createInterface({ input: process.stdin, output: process.stderr });
        dialogue.question('Name? ', (answer) => {
          dialogue.close();
          resolve(answer);
        });
      });
    case 'callback positions':
      return new Promise<string>((resolve) => openDialogue(process.stdin, process.stderr).question('Name? ', resolve));
    default:
      return buffer(process.stdin);
  }
};

const question = async (dialogue: Interface) => {
  const answer = await dialogue.question('Name? ');
  dialogue.close();
  return answer;
};
