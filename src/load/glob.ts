/** `*` stays within a folder, `**` crosses folders, `?`, `[a-z]`, `{a,b}`; a pattern without a slash and without `*` at its start matches whole paths only. */
function globToRegExp(glob: string): RegExp {
  const pattern = glob.replace(/^\.\//, '').replace(/\/$/, '/**');
  let out = '';
  let braces = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '*') {
      if (pattern[i + 1] !== '*') {
        out += '[^/]*';
        continue;
      }
      i++;
      const wholeSegment = pattern[i - 2] === undefined || pattern[i - 2] === '/' || braces > 0;
      if (wholeSegment && pattern[i + 1] === '/') {
        i++;
        out += '(?:.*/)?';
      } else {
        out += '.*';
      }
    } else if (c === '?') {
      out += '[^/]';
    } else if (c === '{' && pattern.includes('}', i)) {
      braces++;
      out += '(?:';
    } else if (c === '}' && braces > 0) {
      braces--;
      out += ')';
    } else if (c === ',' && braces > 0) {
      out += '|';
    } else if (c === '[' && pattern.indexOf(']', i + 2) > 0) {
      const end = pattern.indexOf(']', i + 2);
      out += `[${pattern
        .slice(i + 1, end)
        .replace(/^!/, '^')
        .replace(/\\/g, '\\\\')}]`;
      i = end;
    } else {
      out += c.replace(/[.+^$()|\\{}[\]]/, '\\$&');
    }
  }
  return new RegExp(`^${out}$`);
}

/** Whether a project-relative posix path fits one of the globs; a glob that names a folder fits all that is in it. No globs fit nothing. */
export function globMatcher(globs: readonly string[]): (file: string) => boolean {
  const tests = globs.flatMap((glob) => {
    const folder = glob.replace(/\/+$/, '');
    return [globToRegExp(glob), globToRegExp(`${folder}/**`)];
  });
  return (file) => tests.some((test) => test.test(file));
}
