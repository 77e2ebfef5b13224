import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import type {
  CallEdge,
  Concurrency,
  Facts,
  Requirement,
  Site,
  SiteFacts,
  Steering,
  Unit,
  UnitKind,
} from '../model/facts.ts';
import { createNames } from './names.ts';
import { siteId, type Place, type SiteId, type Span, type UnitId } from '../model/ids.ts';
import { enclosingFunction, isFunctionLike, nameOf, spanOf } from './syntax.ts';

/** A file of the project's own, as analysis sees it. */
export interface OwnFile {
  readonly file: string;
  readonly source: ts.SourceFile;
  readonly test: boolean;
  /** Of a declaration file: the JavaScript files whose values it describes. */
  readonly speaksOf?: readonly string[];
}

/** Facts in the making, for one program: what is known so far and how to add to it. */
export interface Draft {
  readonly checker: Checker;
  readonly files: ReadonlyMap<ts.SourceFile, OwnFile>;
  readonly nodes: Map<SiteId, ts.Node>;
  readonly unitNodes: Map<UnitId, ts.Node>;
  /** API ids that have a row or an idiom although they yield no promise. */
  readonly knownApis: ReadonlySet<string>;
  /** API ids of the types whose values change. */
  readonly swappedTypes: ReadonlySet<string>;
  /** Test modules that run a server: they move to a worker thread, and other files see them through it. */
  readonly servers: Set<ts.SourceFile>;
  /** Functions that stay async towards a library (by its API id) where the policy `async-shim` is allowed, and others may call. */
  readonly shims: Map<UnitId, string>;
  /** Functions that are written where a library demands a promise of them: they stay async with all that their comments say. */
  readonly demanded: Set<ts.Node>;
  place(node: ts.Node): Place;
  functionUnit(node: ts.SignatureDeclaration): UnitId;
  slotUnit(declaration: ts.Node): UnitId;
  moduleUnit(source: ts.SourceFile): UnitId;
  /** The view from other threads of a function in a module that moves to a worker. */
  threadedUnit(unit: UnitId): UnitId;
  /** The view of a function that gives a promise to its callers, whatever becomes of it. */
  promisingUnit(unit: UnitId): UnitId;
  enclosing(node: ts.Node): UnitId;
  unit(id: UnitId): Unit;
  /** `span` where it is not the node's own. */
  emit(facts: SiteFacts, node: ts.Node, inside?: UnitId, rank?: number, span?: Span): Site;
  /** A site that its function can do without: a declaration that goes when nothing uses it any more. */
  emitOptional(facts: SiteFacts, node: ts.Node, span: Span): Site;
  require(from: UnitId, to: UnitId, why: string): void;
  /** Both stand or fall together. */
  join(a: UnitId, b: UnitId, why: string): void;
  call(edge: CallEdge): void;
  concurrent(site: Site, what: string): void;
  steer(comment: Steering): void;
  finish(): Facts;
}

export function createDraft(
  checker: Checker,
  files: readonly OwnFile[],
  knownApis: ReadonlySet<string>,
  swappedTypes: ReadonlySet<string>,
  isHandedOut: (node: ts.Node) => boolean,
): Draft {
  const bySource = new Map(files.map((f) => [f.source, f]));
  const units = new Map<UnitId, Unit>();
  const unitOfNode = new Map<ts.Node, UnitId>();
  const unitNodes = new Map<UnitId, ts.Node>();
  const sites = new Map<SiteId, Site>();
  const nodes = new Map<SiteId, ts.Node>();
  const requirements = new Map<string, Requirement>();
  const calls: CallEdge[] = [];
  const concurrency: Concurrency[] = [];
  const steering: Steering[] = [];
  const names = createNames();

  const ownFile = (node: ts.Node): OwnFile => {
    const found = bySource.get(node.getSourceFile());
    if (!found) throw new Error(`Not a file of the project: ${node.getSourceFile().fileName}`);
    return found;
  };

  function place(node: ts.Node): Place {
    const { file, source } = ownFile(node);
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
    return { file, line: line + 1, column: character + 1 };
  }

  function add(node: ts.Node, kind: UnitKind, name: string, asynchronous: boolean): UnitId {
    const known = unitOfNode.get(node);
    if (known !== undefined) return known;
    const { file, source, test } = ownFile(node);
    const id = `${file}#${ts.isSourceFile(node) ? name : names.of(node, source)}`;
    units.set(id, {
      id,
      kind,
      name,
      place: place(node),
      span: { start: node.getStart(source), end: node.end },
      asynchronous,
      generator: isGenerator(node),
      test,
      exported: isHandedOut(node),
    });
    unitOfNode.set(node, id);
    unitNodes.set(id, node);
    return id;
  }

  const functionUnit = (node: ts.SignatureDeclaration): UnitId => {
    const known = unitOfNode.get(node);
    if (known !== undefined) return known;
    const bearing = checker.bearing(checker.returnType(node));
    return add(node, 'function', nameOf(node), bearing !== undefined && bearing !== 'swapped');
  };
  const moduleUnit = (source: ts.SourceFile): UnitId => add(source, 'module', '(module)', false);

  const draft: Draft = {
    checker,
    files: bySource,
    nodes,
    unitNodes,
    knownApis,
    swappedTypes,
    servers: new Set(),
    shims: new Map(),
    demanded: new Set(),
    place,
    functionUnit,
    slotUnit: (declaration) =>
      isFunctionLike(declaration) ? functionUnit(declaration) : add(declaration, 'slot', nameOf(declaration), false),
    moduleUnit,
    threadedUnit(unit) {
      const id = `${unit}@thread`;
      const of = units.get(unit)!;
      if (!units.has(id)) units.set(id, { ...of, id, kind: 'threaded', asynchronous: false, exported: false });
      return id;
    },
    promisingUnit(unit) {
      const id = `${unit}@promise`;
      const of = units.get(unit)!;
      if (!units.has(id)) units.set(id, { ...of, id, kind: 'slot', asynchronous: false, exported: false });
      return id;
    },
    enclosing(node) {
      const found = enclosingFunction(node);
      return found ? functionUnit(found) : moduleUnit(node.getSourceFile());
    },
    unit: (id) => units.get(id)!,
    emit(facts, node, inside = draft.enclosing(node), rank = 1, given) {
      const { file, source, test } = ownFile(node);
      const span = given ?? spanOf(node, source);
      const id = siteId(file, span, facts.kind);
      const known = sites.get(id);
      if (known) return known;
      const site: Site = { id, place: place(node), span, inside, test, rank, ...facts };
      sites.set(id, site);
      nodes.set(id, node);
      draft.require(inside, id, 'holds');
      return site;
    },
    emitOptional(facts, node, span) {
      const inside = draft.enclosing(node);
      const site = draft.emit(facts, node, inside, 0, span);
      requirements.delete(`${inside}\n${site.id}`);
      return site;
    },
    require(from, to, why) {
      if (from !== to) requirements.set(`${from}\n${to}`, { from, to, why });
    },
    join(a, b, why) {
      draft.require(a, b, why);
      draft.require(b, a, why);
    },
    call: (edge) => void calls.push(edge),
    steer: (comment) => void steering.push(comment),
    concurrent(site, what) {
      concurrency.push({ unit: draft.enclosing(nodes.get(site.id)!), what, place: site.place, site: site.id });
    },
    finish: () => ({
      units: [...units.values()],
      sites: [...sites.values()],
      requirements: [...requirements.values()],
      calls,
      concurrency,
      steering,
    }),
  };
  return draft;
}

function isGenerator(node: ts.Node): boolean {
  return (node as ts.FunctionLikeDeclaration).asteriskToken !== undefined;
}
