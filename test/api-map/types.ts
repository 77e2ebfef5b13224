import { join } from 'node:path';
import { ts } from 'ts-morph';
import type { ConvertedCases } from './convert-cases.ts';

const typescript = join(import.meta.dirname, '../../node_modules/@typescript/old/lib');

/**
 * Per file: the cases whose blocking form has not the awaited type of its asynchronous one, and the type errors of the converted text.
 */
export function typeDifferences({
  folder,
  workspace,
  before,
  after,
}: ConvertedCases): ReadonlyMap<string, readonly string[]> {
  const converted = (file: string): string => join(folder, file.replace(/(\.m?[jt]s)$/, '-converted$1'));
  const texts = new Map<string, string>();
  for (const [file, text] of before) texts.set(join(folder, file), text).set(converted(file), after.get(file)!);
  const program = createProgram(texts, workspace.programs[0]!.program.getCompilerOptions());
  return new Map([...before.keys()].map((file) => [file, differences(program, join(folder, file), converted(file))]));
}

function differences(program: ts.Program, original: string, converted: string): string[] {
  const checker = program.getTypeChecker();
  const wanted = resultTypes(program, original);
  const problems = program
    .getSemanticDiagnostics(program.getSourceFile(converted))
    .map(
      (error) =>
        `${error.file!.text.slice(error.start, error.start! + 60)}: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`,
    );
  for (const [name, type] of resultTypes(program, converted)) {
    const expected = checker.getAwaitedType(wanted.get(name)!) ?? wanted.get(name)!;
    if (checker.isTypeAssignableTo(type, expected)) continue;
    problems.push(`${name}: ${checker.typeToString(type)} is not ${checker.typeToString(expected)}`);
  }
  return problems;
}

/** What each exported function of the module returns. */
function resultTypes(program: ts.Program, path: string): Map<string, ts.Type> {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)!;
  return new Map(
    checker.getExportsOfModule(module).flatMap((symbol): [string, ts.Type][] => {
      const signature = checker.getTypeOfSymbol(symbol).getCallSignatures()[0];
      return signature ? [[symbol.name, signature.getReturnType()]] : [];
    }),
  );
}

function createProgram(texts: ReadonlyMap<string, string>, options: ts.CompilerOptions): ts.Program {
  const host = ts.createCompilerHost(options, true);
  const disk = { ...host };
  host.getDefaultLibLocation = () => typescript;
  host.getDefaultLibFileName = (each) => join(typescript, ts.getDefaultLibFileName(each));
  host.fileExists = (path) => texts.has(path) || disk.fileExists(path);
  host.readFile = (path) => texts.get(path) ?? disk.readFile(path);
  host.getSourceFile = (path, version) => {
    const own = texts.get(path);
    return own === undefined ? disk.getSourceFile(path, version) : ts.createSourceFile(path, own, version, true);
  };
  return ts.createProgram({ rootNames: [...texts.keys()], options, host });
}
