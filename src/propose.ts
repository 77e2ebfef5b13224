import { ts } from 'ts-morph';
import type { Analysis } from './analyse/analyse.ts';
import type { Checker } from './checker/checker.ts';
import { valueColour } from './checker/value-colour.ts';
import type { Applicability, Claim, Refusal, Template } from './model/edit.ts';
import type { Site, SiteKind } from './model/facts.ts';
import { within, type Span } from './model/ids.ts';
import {
  isRefusal,
  template,
  toTemplate,
  type Answer,
  type ClaimAnswer,
  type Context,
  type RefuseAnswer,
  type Rewrite,
  type Transform,
  type TypeQuestions,
} from './transform.ts';

export interface Proposal {
  /** Several for one site only where they ask for policies: the user's choice decides. */
  readonly claims: readonly Claim[];
  readonly refusals: readonly Refusal[];
  /** Wrappers for calls from code that stays async: used only where the callee turns blocking and its caller does not. */
  readonly shims: readonly Claim[];
}

/** Asks each site's transforms, one site at a time; knows nothing of other sites. */
export function propose(analysis: Analysis, checker: Checker, transforms: readonly Transform[]): Proposal {
  const byKind = new Map<SiteKind, Transform[]>();
  for (const transform of transforms) {
    for (const kind of [transform.claims].flat()) byKind.set(kind, [...(byKind.get(kind) ?? []), transform]);
  }
  for (const list of byKind.values())
    list.sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0) || (a.code < b.code ? -1 : 1));

  const claims: Claim[] = [];
  const refusals: Refusal[] = [];
  const shims: Claim[] = [];
  for (const site of analysis.facts.sites) {
    const node = analysis.nodes.get(site.id)!;
    for (const answer of ask(site, node, checker, byKind.get(site.kind) ?? [])) {
      if ('template' in answer) claims.push(answer);
      else refusals.push(answer);
    }
    if (site.kind === 'call' && site.consumer !== 'awaited' && !isCalledAtOnce(node) && !holdsYield(node))
      shims.push(shim(site, node));
  }
  return { claims, refusals, shims };
}

/** The first answer; one that asks for a policy leaves the word to the next transform too. */
function ask(
  site: Site,
  node: ts.Node,
  checker: Checker,
  transforms: readonly Transform[],
): readonly (Claim | Refusal)[] {
  const context = contextOf(node, checker);
  const offered: Claim[] = [];
  for (const transform of transforms) {
    let answer: Answer;
    try {
      answer = transform.rewrite(site, node, context);
      if (answer === undefined) continue;
      if (isRefusal(answer)) {
        if (offered.length > 0) return offered;
        return [toRefusal(site, transform, answer)];
      }
      const claim = toClaim(site, node, transform, answer, context.source);
      // What needs no policy is no choice beside what does: the transform that went first knows why it asks.
      if (typeof claim.applicability !== 'object') return offered.length > 0 ? offered : [claim];
      offered.push(claim);
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return [
        {
          site: site.id,
          transform: transform.id,
          reason: `${transform.id}/crashed`,
          detail: `The transform \`${transform.id}\` failed here: ${firstLine(message)}`,
          bug: message,
        },
      ];
    }
  }
  if (offered.length > 0) return offered;
  return [
    {
      site: site.id,
      transform: 'unclaimed',
      reason: `unclaimed/${site.kind}`,
      detail: unclaimed(site, context.text(node)),
    },
  ];
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!;

function unclaimed(site: Site, text: string): string {
  const shown = firstLine(text).slice(0, 80);
  if (site.kind === 'escape') return `A promise leaves what can be followed: ${site.detail || `\`${shown}\``}.`;
  return `Nothing claims this ${site.kind.replaceAll('-', ' ')}: \`${shown}\`.`;
}

function toRefusal(site: Site, transform: Transform, { refuse, detail, unlocks }: RefuseAnswer): Refusal {
  if (!(refuse in transform.reasons)) throw new Error(`The reason \`${refuse}\` is not declared.`);
  return {
    site: site.id,
    transform: transform.id,
    reason: `${transform.id}/${refuse}`,
    detail: detail ?? transform.reasons[refuse]!.short,
    ...(unlocks !== undefined && { unlocks }),
  };
}

function toClaim(
  site: Site,
  node: ts.Node,
  transform: Transform,
  answer: Exclude<Answer, undefined>,
  source: ts.SourceFile,
): Claim {
  const detail = 'pieces' in answer ? {} : (answer as Partial<ClaimAnswer>);
  const kept = 'keep' in answer;
  const rewrite: Rewrite =
    'pieces' in answer ? answer : 'rewrite' in answer ? answer.rewrite : { pieces: [{ span: site.span }] };
  const { template: made, imports } = toTemplate(rewrite, source, !kept && ts.isExpression(node));
  if (detail.drops === undefined) checkChildren(site, node, made, source);
  return {
    transform: transform.id,
    code: transform.code,
    site: site.id,
    template: made,
    imports,
    requires: detail.requires ?? [],
    applicability: sink(transform.applicability, detail.applicability),
    ...(detail.note !== undefined && { note: detail.note }),
    ...(detail.drops !== undefined && { drops: detail.drops }),
    ...(detail.otherwise && { otherwise: toRefusal(site, transform, detail.otherwise) }),
  };
}

/** Applicability can only sink: safe, noted, policy. */
function sink(declared: Applicability, asked: Applicability | undefined): Applicability {
  const rank = (a: Applicability): number => (a === 'safe' ? 0 : a === 'noted' ? 1 : 2);
  return asked !== undefined && rank(asked) > rank(declared) ? asked : declared;
}

/** Law 3: no call, `new`, `await`, `yield` or assignment inside of the site may stand outside of the template's children. */
function checkChildren(site: Site, node: ts.Node, made: Template, source: ts.SourceFile): void {
  const children = made.parts.flatMap((part): Span[] =>
    typeof part === 'object' && 'child' in part ? [part.child] : [],
  );
  for (let i = 0; i < children.length; i++) {
    if (!within(children[i]!, site.span)) throw new Error('A child of the template lies outside of its site.');
    if (i > 0 && children[i]!.start < children[i - 1]!.end)
      throw new Error('The template reorders or repeats a child and does not say why (`drops`).');
  }
  const stack: ts.Node[] = [];
  ts.forEachChild(node, (child) => void stack.push(child));
  while (stack.length > 0) {
    const inner = stack.pop()!;
    const span = { start: inner.getStart(source), end: inner.end };
    if (children.some((child) => within(span, child))) continue;
    if (doesWork(inner) && !children.some((child) => within(child, span))) {
      throw new Error(
        `The template leaves out \`${firstLine(inner.getText(source)).slice(0, 60)}\` and does not say why (\`drops\`).`,
      );
    }
    ts.forEachChild(inner, (child) => void stack.push(child));
  }
}

function doesWork(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    (ts.isFunctionLike(node) && !ts.isTypeNode(node))
  );
}

/** `(async () => f())()` is a shim already. */
function isCalledAtOnce(node: ts.Node): boolean {
  let callee: ts.Node | undefined = ts.isCallExpression(node) ? node.expression : undefined;
  while (callee && ts.isParenthesizedExpression(callee)) callee = callee.expression;
  return callee !== undefined && ts.isFunctionLike(callee);
}

/** It cannot be moved into a function. */
function holdsYield(node: ts.Node): boolean {
  const stack: ts.Node[] = [node];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (ts.isYieldExpression(inner)) return true;
    if (!ts.isFunctionLike(inner)) ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return false;
}

/** `(async () => f())()`: the promise a caller that stays async goes on using. */
function shim(site: Site, node: ts.Node): Claim {
  const { template: made } = toTemplate(template`(async () => ${node})()`, node.getSourceFile(), true);
  return {
    transform: 'shim-call',
    code: 'UA900',
    site: site.id,
    template: made,
    imports: [],
    requires: [],
    applicability: 'noted',
    note: 'The callee blocks now; this caller stays async and gets its result as a promise.',
  };
}

export function contextOf(node: ts.Node, checker: Checker): Context {
  const source = node.getSourceFile();
  const within = (inner: ts.Node): boolean =>
    inner.getSourceFile() === source && inner.pos >= node.pos && inner.end <= node.end;
  const ask = <T>(inner: ts.Node, question: () => T): T => {
    if (!within(inner)) throw new Error('A transform asked about a node outside of its site.');
    return question();
  };
  const typeOf = (inner: ts.Expression, awaited = false) => {
    const type = checker.typeOf(inner);
    return awaited ? checker.awaited(type) : type;
  };
  const declarationOf = (inner: ts.Node): ts.Declaration | undefined => checker.declarations(inner)[0];
  const types: TypeQuestions = {
    colour: (inner) => ask(inner, () => valueColour(checker, inner)),
    text: (inner, awaited) => ask(inner, () => checker.text(typeOf(inner, awaited), inner)),
    api: (inner) => ask(inner, () => checker.api(inner)),
    isVoid: (inner, awaited) => ask(inner, () => checker.isVoid(typeOf(inner, awaited))),
    isOuter: (inner) =>
      ask(inner, () => {
        const d = declarationOf(inner);
        return d === undefined || !within(d);
      }),
    isFixedFunction: (inner) =>
      ask(inner, () => {
        const isFunction = checker.unionParts(checker.typeOf(inner)).every((p) => checker.returnTypes(p).length > 0);
        const d = declarationOf(inner);
        return isFunction && !(d && ts.isVariableDeclaration(d) && !(ts.getCombinedNodeFlags(d) & ts.NodeFlags.Const));
      }),
    strictIndexes: checker.strictIndexes,
    importable: (inner) => ask(inner, () => checker.importable(inner)),
    cloneProblem: (inner, awaited) => ask(inner, () => checker.cloneProblem(typeOf(inner, awaited), inner)),
    properties: (inner) => ask(inner, () => checker.properties(typeOf(inner)).map(({ name }) => name)),
    same: (a, b) =>
      ask(a, () => {
        const d = declarationOf(a);
        return d !== undefined && d === declarationOf(b);
      }),
  };
  return { types, source, text: (inner) => inner.getText(source) };
}
