import { isBuiltin } from 'node:module';
import type { ImportNeed } from '../model/edit.ts';
import { type Binding, canonical, type ImportUnit } from './import-units.ts';

/** What becomes of one import of the file. */
export interface UnitPlan {
  readonly unit: ImportUnit;
  /** Bindings that go. */
  readonly drop: Set<Binding>;
  readonly add: Binding[];
  /** The module it is turned to, and whether a default import must become a namespace one for it. */
  turned?: { readonly module: string; readonly toNamespace: boolean };
}

/** An import that the file does not have yet. */
export interface NewImport {
  readonly module: string;
  readonly typeOnly: boolean;
  readonly bindings: Binding[];
}

export interface ImportPlan {
  readonly units: readonly UnitPlan[];
  readonly created: readonly NewImport[];
  /** What each need is written as: `readFileSync`, `fs.readFileSync`. */
  readonly written: ReadonlyMap<ImportNeed, string>;
}

export interface PlanInput {
  readonly units: readonly ImportUnit[];
  /** Names used before and after rewriting, imports aside. */
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
  readonly needs: readonly ImportNeed[];
  readonly javascript: boolean;
}

/** Decides how every needed name is written and what becomes of the imports; makes no text. */
export function planImports({ units, before, after, needs, javascript }: PlanInput): ImportPlan {
  const plans = units.map((unit): UnitPlan => {
    const drop = new Set<Binding>();
    for (const binding of unit.fixed ? [] : unit.bindings) {
      if (before.has(binding.local) && !after.has(binding.local)) drop.add(binding);
    }
    return { unit, drop, add: [] };
  });
  const created: NewImport[] = [];
  const written = new Map<ImportNeed, string>();
  const known = new Map<string, string>();
  const state: State = { plans, created, after };
  for (const need of inOrder(needs)) {
    const key = [need.module, need.name, need.kind, need.through].join('\0');
    let text = known.get(key);
    if (text === undefined) {
      text =
        need.kind === 'type' && javascript
          ? `import('${need.module}').${need.name}`
          : ((need.through !== undefined ? writtenThrough(need, need.through, state) : undefined) ??
            (need.kind === 'namespace' ? wholeImport(need, state) : namedImport(need, state)));
      known.set(key, text);
    }
    written.set(need, text);
  }
  return { units: plans, created, written };
}

interface State {
  readonly plans: readonly UnitPlan[];
  readonly created: NewImport[];
  readonly after: ReadonlySet<string>;
}

/** Values before types, so that a type can join the import of a value; what is written through a name first of all. */
function inOrder(needs: readonly ImportNeed[]): ImportNeed[] {
  const rank = ({ kind, through }: ImportNeed): number => (kind === 'type' ? 2 : through === undefined ? 1 : 0);
  return needs.toSorted((a, b) => rank(a) - rank(b));
}

function isWhole({ imported }: Binding): boolean {
  return imported === '*' || imported === 'default';
}

/** Where all of a module is at hand already under one name. */
function findWhole(module: string, { plans, created }: State, local?: string): string | undefined {
  for (const { bindings, module: to, typeOnly } of created) {
    const binding = canonical(to) === module && !typeOnly ? bindings.find(isWhole) : undefined;
    if (binding && (local === undefined || binding.local === local)) return binding.local;
  }
  for (const plan of plans) {
    const { unit, drop, turned } = plan;
    if (canonical(turned?.module ?? unit.module) !== module) continue;
    const binding = unit.bindings.find(
      (one) => isWhole(one) && !one.typeOnly && (one.imported === '*' || isBuiltin(module) || one.local === local),
    );
    if (!binding || (local !== undefined && binding.local !== local)) continue;
    drop.delete(binding);
    return binding.local;
  }
  return undefined;
}

function writtenThrough(need: ImportNeed, local: string, state: State): string | undefined {
  const module = canonical(need.module);
  const found = findWhole(module, state, local) ?? findWhole(module, state);
  if (found !== undefined) return `${found}.${need.name}`;
  const plan = state.plans.find(({ unit }) => unit.bindings.some((binding) => binding.local === local));
  const binding = plan?.unit.bindings.find((one) => one.local === local);
  if (!plan || !binding || !plan.drop.has(binding) || plan.turned) return undefined;
  if (!isWhole(binding) && (binding.imported !== 'promises' || local === 'promises')) return undefined;
  const toNamespace = binding.imported === 'promises' || (binding.imported === 'default' && !isBuiltin(module));
  if (isWhole(binding) && plan.unit.bindings.every((one) => plan.drop.has(one))) {
    plan.drop.delete(binding);
    plan.turned = { module: need.module, toNamespace };
  } else {
    const imported = toNamespace ? '*' : binding.imported;
    state.created.push({ module: need.module, typeOnly: false, bindings: [{ local, imported, typeOnly: false }] });
  }
  return `${local}.${need.name}`;
}

function wholeImport(need: ImportNeed, state: State): string {
  const module = canonical(need.module);
  const found = findWhole(module, state);
  if (found !== undefined) return found;
  const local = freeName(need.name, need.module, state);
  state.created.push({ module: need.module, typeOnly: false, bindings: [{ local, imported: '*', typeOnly: false }] });
  return local;
}

function namedImport(need: ImportNeed, state: State): string {
  const module = canonical(need.module);
  const isType = need.kind === 'type';
  for (const { bindings, module: to } of state.created) {
    if (canonical(to) !== module) continue;
    const binding = bindings.find(({ imported, typeOnly }) => imported === need.name && (isType || !typeOnly));
    if (binding) return binding.local;
  }
  const same = state.plans.filter(({ unit, turned }) => canonical(turned?.module ?? unit.module) === module);
  for (const { unit, drop, add, turned } of same) {
    const binding = [...(turned ? [] : unit.bindings), ...add].find(
      ({ imported, typeOnly }) => imported === need.name && (isType || !typeOnly),
    );
    if (!binding) continue;
    drop.delete(binding);
    return binding.local;
  }
  // The name is there for its type alone: as a value it serves for both.
  let local: string | undefined;
  for (const { unit, drop, turned } of same) {
    const binding = unit.bindings.find(({ imported }) => imported === need.name);
    if (!binding || turned) continue;
    drop.add(binding);
    local = binding.local;
  }
  local ??= freeName(need.name, need.module, state);
  const binding = { local, imported: need.name, typeOnly: isType };
  const host =
    same.find((plan) => canJoin(plan, isType, state)) ?? same.find((plan) => isType && canJoin(plan, false, state));
  if (host) host.add.push(host.unit.typeOnly || !isType ? { ...binding, typeOnly: host.unit.typeOnly } : binding);
  else {
    const fresh = state.created.find(
      ({ module: to, typeOnly, bindings }) =>
        canonical(to) === module && typeOnly === isType && !bindings.some((one) => one.imported === '*'),
    );
    if (fresh) fresh.bindings.push(binding);
    else state.created.push({ module: need.module, typeOnly: isType, bindings: [binding] });
  }
  return local;
}

/** A named import can be added: to `{ … }`, or after a default import. A type joins values only where the file writes it so. */
function canJoin({ unit, turned, drop }: UnitPlan, asType: boolean, { plans }: State): boolean {
  if (unit.fixed || unit.form === 'equals' || unit.bindings.length === 0) return false;
  if (turned) return !asType && !turned.toNamespace && unit.bindings.some(({ imported }) => imported === 'default');
  if (unit.typeOnly !== asType) {
    const inline = plans.some((plan) => !plan.unit.typeOnly && plan.unit.bindings.some(({ typeOnly }) => typeOnly));
    if (!asType || unit.typeOnly || !inline) return false;
  }
  if (unit.typeOnly && unit.list === undefined) return false;
  const whole = unit.bindings.find(({ imported }) => imported === '*');
  if (unit.form === 'require') return unit.list !== undefined;
  return whole === undefined || drop.has(whole);
}

/** The name itself where nothing else in the file has it, else one that says where it comes from. */
function freeName(name: string, module: string, { plans, created, after }: State): string {
  const isTaken = (word: string): boolean =>
    after.has(word) ||
    created.some(({ bindings }) => bindings.some(({ local }) => local === word)) ||
    plans.some(
      ({ unit, drop, add }) =>
        unit.bindings.some((binding) => binding.local === word && !drop.has(binding)) ||
        add.some(({ local }) => local === word),
    );
  if (!isTaken(name)) return name;
  const alias = `${origin(module)}${name[0]!.toUpperCase()}${name.slice(1)}`;
  let free = alias;
  for (let n = 2; isTaken(free); n++) free = `${alias}${n}`;
  return free;
}

function origin(module: string): string {
  if (isBuiltin(module)) return 'node';
  if (module.startsWith('@unawait/std')) return 'std';
  const words = module
    .split('/')
    .at(-1)!
    .replace(/\.[cm]?[jt]sx?$/, '')
    .match(/[A-Za-z0-9]+/g);
  const [first = 'other', ...rest] = words ?? [];
  return (
    first.toLowerCase().replace(/^\d/, '_$&') + rest.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
  );
}
