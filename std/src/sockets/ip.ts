/** 4, 6, or 0 for a host name, as `net.isIP` says. `node:net` has it too, but loading that costs 3 ms. */
export function ipFamily(text: string): 0 | 4 | 6 {
  if (/^(?:(?:25[0-5]|(?:2[0-4]|1\d|[1-9])?\d)(?:\.(?!$)|$)){4}$/.test(text)) return 4;
  const address = /^([\da-f:.]*:[\da-f:.]*)(?:%[\da-z.:-]+)?$/i.exec(text)?.[1];
  return address !== undefined && URL.canParse(`http://[${address}]`) ? 6 : 0;
}
