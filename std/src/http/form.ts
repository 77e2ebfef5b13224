/** Form data as `fetch` sends it. The bytes of files and blobs can only be read asynchronously: they throw a TypeError. */
export function multipart(form: FormData): { readonly type: string; readonly text: string } {
  const boundary = `----formdata-undici-0${String(Math.floor(Math.random() * 1e11)).padStart(11, '0')}`;
  let text = '';
  for (const [name, value] of form) {
    if (typeof value !== 'string')
      throw new TypeError(`The file ${JSON.stringify(name)} in form data has no blocking form`);
    text += `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(lines(name))}"\r\n\r\n${lines(value)}\r\n`;
  }
  return { type: `multipart/form-data; boundary=${boundary}`, text: `${text}--${boundary}--\r\n` };
}

const lines = (text: string): string => text.replace(/\r?\n|\r/g, '\r\n');
const quoted = (text: string): string => text.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
