import { ts } from 'ts-morph';
import { declarationApi } from '../checker/api-id.ts';
import type { Checker, Type } from '../checker/checker.ts';
import type { Facts, Requirement } from '../model/facts.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { loadedWith } from './module-loads.ts';
import { isFunctionLike } from './syntax.ts';

const mockTypes = /#(?:\w+\.)*(Mock|MockInstance|MockedFunction\w*|SpyInstance|MockFunctionContext)$/;
const mockMembers =
  /^(mockResolvedValue|mockResolvedValueOnce|mockRejectedValue|mockRejectedValueOnce|resolves|rejects)$/;

/** The type of the function that a mock stands for: `T` of vitest's and jest's `Mock<T>`. */
export function mockedType(type: Type, checker: Checker): Type | undefined {
  const parts = type.isIntersection() ? type.types : [type];
  for (const part of parts) {
    if (mockTypes.test(checker.typeApi(part) ?? '')) return checker.typeArguments(part)[0];
  }
  return undefined;
}

/** Functions of the project whose signature the mock in `receiver` has. */
export function mockedUnits(draft: Draft, receiver: ts.Expression): UnitId[] {
  const type = mockedType(draft.checker.typeOf(receiver), draft.checker);
  return type ? ownUnits(draft, type) : [];
}

function ownUnits(draft: Draft, type: Type): UnitId[] {
  return draft.checker
    .signatures(type)
    .filter((d) => draft.checker.isOwn(d) && isFunctionLike(d))
    .map((d) => draft.functionUnit(d));
}

/** `get.mockResolvedValue(x)`, `stub.rejects(e)`: the mock turns blocking with what it stands for. `vi.mock('node:fs/promises')` too. */
export function collectMock(draft: Draft, call: ts.CallExpression): boolean {
  const callee = call.expression;
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const name = callee.name.text;
  if (mockMembers.test(name)) {
    const automocked = automockedUnits(draft, callee);
    const api = automocked.length > 0 ? `global#TestGlobals.Mock.${name}` : draft.checker.api(call);
    if (api === undefined || !(mockTypes.test(api.slice(0, api.lastIndexOf('.'))) || /^sinon#/.test(api))) return false;
    const site = draft.emit({ kind: 'api-call', api, consumer: 'other' }, call, draft.enclosing(call), 2);
    for (const unit of [...automocked, ...mockedUnits(draft, callee.expression)]) {
      draft.require(site.id, unit, 'stands for');
      draft.require(unit, site.id, 'is mocked in');
    }
    return true;
  }
  if (/^mockImplementation(Once)?$/.test(name)) collectUnknownImplementation(draft, call, callee.expression);
  if (collectMemberMock(draft, call, name)) return true;
  const [module] = call.arguments;
  if (
    (name === 'mock' || name === 'doMock') &&
    module &&
    ts.isStringLiteralLike(module) &&
    /^(vi|jest)$/.test(callee.expression.getText())
  ) {
    if (!replacedModules.has(module.text)) return false;
    draft.emit({ kind: 'api-call', api: `mock:${module.text}`, consumer: 'other' }, call, draft.enclosing(call), 2);
    return true;
  }
  return false;
}

/** `load.mockResolvedValue(x)` in JavaScript, where `jest.mock('./load')` put a mock in the place of a function of the project. */
function automockedUnits(draft: Draft, { name, expression }: ts.PropertyAccessExpression): UnitId[] {
  const type = draft.checker.typeOf(expression);
  const isMember = !name.text.startsWith('mock') || draft.checker.property(type, name.text) !== undefined;
  return isMember ? [] : ownUnits(draft, type);
}

/** `vi.spyOn(fs, 'readFile')`, `mock.method(fs, 'readFile', f)`, `sinon.stub(fs, 'readFile')` of `node:fs/promises`. */
function collectMemberMock(draft: Draft, call: ts.CallExpression, name: string): boolean {
  const [object, member] = call.arguments;
  if (!/^(spyOn|method|stub|replace)$/.test(name) || !object || !member || !ts.isStringLiteralLike(member))
    return false;
  const { checker } = draft;
  const property = checker.property(checker.typeOf(object), member.text);
  const declaration = property?.declarations.find((each) => !checker.isOwn(each));
  if (declaration === undefined) {
    standsForOwn(draft, call, property?.declarations ?? []);
    if (checker.isAnyLike(checker.typeOf(object)))
      for (const fake of call.arguments.slice(2)) standsForUnknown(draft, call, fake);
    return false;
  }
  const api = declarationApi(declaration);
  if (!draft.knownApis.has(api) || !replacedModules.has(api.slice(0, api.indexOf('#')))) return false;
  const site = draft.emit(
    { kind: 'api-call', api: `mock-member:${api}`, consumer: 'other' },
    call,
    draft.enclosing(call),
    2,
  );
  for (const argument of call.arguments)
    if (isFunctionLike(argument))
      draft.require(draft.functionUnit(argument), site.id, 'takes the place of what is mocked in');
  return true;
}

/** `mock.method(store, 'load', async () => …)`: who calls `store.load` finds a promise there as long as it gives one. */
function standsForOwn(draft: Draft, call: ts.CallExpression, declarations: readonly ts.Declaration[]): void {
  const given = call.arguments.filter((each) => isFunctionLike(each));
  for (const declaration of declarations) {
    const value =
      ts.isPropertyAssignment(declaration) || ts.isPropertyDeclaration(declaration)
        ? declaration.initializer
        : declaration;
    if (value === undefined || !isFunctionLike(value)) continue;
    for (const fake of given) draft.join(draft.functionUnit(fake), draft.functionUnit(value), 'stands for');
  }
}

/** Nothing says what it takes the place of: whoever calls that may chain on what it gives. */
function standsForUnknown(draft: Draft, call: ts.CallExpression, fake: ts.Expression): void {
  const units = ownUnits(draft, draft.checker.typeOf(fake)).filter((unit) => draft.unit(unit).asynchronous);
  if (units.length === 0) return;
  const detail = 'what it stands for in the mock has no type';
  const site = draft.emit({ kind: 'escape', how: 'passed-unknown', detail }, call, units[0], 0);
  for (const unit of units) draft.require(unit, site.id, 'is mocked in');
}

/** `exec.mock.mockImplementationOnce(async () => …)`, where `exec` is a mock of something unknown. */
function collectUnknownImplementation(draft: Draft, call: ts.CallExpression, receiver: ts.Expression): void {
  const mocked = mockedType(draft.checker.typeOf(receiver), draft.checker);
  if (mocked && draft.checker.isAnyLike(mocked)) for (const fake of call.arguments) standsForUnknown(draft, call, fake);
}

/** Modules whose functions get their blocking forms from elsewhere. */
const replacedModules = new Set([
  'node:fs/promises',
  'fs/promises',
  'node:timers/promises',
  'timers/promises',
  'node:dns/promises',
  'dns/promises',
]);

/** In test code a library function is named, not called: `vi.mocked(stat)`, `expect(readFile)`, `typeof stat`. */
export function collectNamedApi(draft: Draft, node: ts.Identifier | ts.PropertyAccessExpression): void {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return;
  const isArgument = ts.isCallExpression(parent) && parent.expression !== node;
  if (!isArgument && !ts.isTypeQueryNode(parent)) return;
  if (ts.isIdentifier(node) && draft.checker.declarations(node).some((d) => draft.checker.isOwn(d))) return;
  const api = draft.checker.api(node);
  if (api === undefined || !draft.knownApis.has(api)) return;
  if (!draft.checker.returnTypes(draft.checker.typeOf(node)).some((r) => draft.checker.bearing(r) !== undefined))
    return;
  draft.emit({ kind: 'api-value', api }, node);
}

/** What a test mocks turns with every function that it reaches by imports and that calls it: a half-mocked module helps nobody. */
export function mockRequirements(draft: Draft, facts: Facts): Requirement[] {
  const mocks = facts.sites.filter((site) => site.kind === 'api-call' && site.api.startsWith('mock:'));
  const members = memberMockRequirements(draft, facts);
  if (mocks.length === 0) return members;
  const callers = new Map<string, Set<UnitId>>();
  for (const site of facts.sites) {
    if (site.kind !== 'api-call' || site.test) continue;
    const key = `${site.place.file} ${site.api.slice(0, site.api.indexOf('#'))}`;
    callers.set(key, (callers.get(key) ?? new Set()).add(site.inside));
  }
  const named = facts.sites.filter((site) => site.test && site.kind === 'api-value');
  const whole = mocks.flatMap((mock) => {
    const module = mock.kind === 'api-call' ? mock.api.slice('mock:'.length).replace(/^(?!node:)/, 'node:') : '';
    const test = draft.nodes.get(mock.id)!.getSourceFile();
    const users = loadedWith(draft, test).flatMap((file) => [...(callers.get(`${file} ${module}`) ?? [])]);
    return [
      ...users.map((unit) => ({ from: mock.id, to: unit, why: 'mocks what is called in' })),
      ...named
        .filter(
          (site) =>
            site.kind === 'api-value' && site.place.file === mock.place.file && site.api.startsWith(`${module}#`),
        )
        .map((site) => ({ from: site.id, to: mock.id, why: 'is mocked by' })),
    ];
  });
  return [...members, ...whole];
}

/** Calls that a member's mock stands in for keep calling that member, in the test and in what it loads. */
function memberMockRequirements(draft: Draft, facts: Facts): Requirement[] {
  const calls = facts.sites.filter((site) => site.kind === 'api-call');
  const mocks = calls.filter((site) => site.api.startsWith('mock-member:'));
  return mocks.flatMap((mock) => {
    const files = new Set(loadedWith(draft, draft.nodes.get(mock.id)!.getSourceFile()));
    const api = mock.api.slice('mock-member:'.length);
    return calls
      .filter((site) => site.api === api && (files.has(site.place.file) || site.place.file === mock.place.file))
      .map((site) => ({ from: site.id, to: mock.id, why: 'is mocked by' }));
  });
}
