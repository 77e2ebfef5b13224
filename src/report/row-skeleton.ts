/**
 * The row that an API lacks, as the user would begin to write it in `rows` of unawait.config.ts: a guess at the blocking form, to be
 * looked at. Members and classes are reached through `$this` and by text, functions by the name of their twin.
 */
export function rowSkeleton(api: string): string {
  const at = api.indexOf('#');
  const [module, name] = [api.slice(0, at), api.slice(at + 1)];
  const promisified = /^node:util#promisify\((.+)\)$/.exec(api)?.[1];
  if (promisified !== undefined)
    return `{ api: ${text(promisified)}, form: 'callback', sync: ${text(`${promisified}Sync`)} }`;
  const member = /\.([^.]+)$/.exec(name)?.[1];
  const isDefault = name.startsWith('default');
  if (member === 'constructor') {
    const type = `${name.slice(0, -'.constructor'.length)}Sync`;
    return `{ api: ${text(api)}, call: ${text(`new ${type}($*)`)}, imports: { ${type}: ${text(module)} } }`;
  }
  if (member !== undefined && !isDefault) return `{ api: ${text(api)}, call: ${text(`$this.${member}Sync($*)`)} }`;
  const twin = name === 'default' ? 'sync' : `${member ?? name}Sync`;
  return `{ api: ${text(api)}, sync: ${text(`${module}#${twin}`)} }`;
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
