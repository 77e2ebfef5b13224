import type { Place, SiteId, Span, UnitId } from './ids.ts';

/**
 * What turns blocking as a whole or not at all.
 * `function`: a function-like with a body or only a signature · `slot`: a variable, parameter, property or element that holds a promise
 * or a value of a swapped type · `module`: the top level of a file · `threaded`: the view of a function that moves to a worker thread.
 */
export type UnitKind = 'function' | 'slot' | 'module' | 'threaded';

export interface Unit {
  readonly id: UnitId;
  readonly kind: UnitKind;
  /** As people call it: `Pool.query`, `handler`, `(callback of it at 12:3)`. */
  readonly name: string;
  readonly place: Place;
  readonly span: Span;
  /** It yields a promise (or async iterator) today: it is a candidate. A unit that is none of both is only carried along. */
  readonly asynchronous: boolean;
  readonly generator: boolean;
  /** It stands in a test file. */
  readonly test: boolean;
  /** Reached from outside of the package through `exports`/`main`, or from nowhere known. */
  readonly exported: boolean;
}

/** How the value of a promise-typed expression is used. */
export type Consumer =
  | 'awaited'
  | 'returned'
  | 'returned-in-try'
  | 'combined'
  | 'chained'
  | 'stored'
  | 'passed-project'
  | 'passed-library'
  | 'passed-unknown'
  | 'yielded'
  | 'discarded'
  | 'tested'
  | 'exported'
  | 'iterated'
  | 'disposed'
  | 'matched'
  | 'other';

/** What is known of a value's type: `promise` surely a promise, `plain` surely not, `mixed` either by its type, `unknown` for any, unknown, generics, custom thenables. */
export type Colour = 'promise' | 'plain' | 'mixed' | 'unknown';

export type SiteFacts =
  /** A function with the word `async`; the node is the function. */
  | { readonly kind: 'async-function'; readonly generator: boolean }
  /** `await x`, parentheses around it included in the span. */
  | {
      readonly kind: 'await';
      readonly operand: Colour;
      /** Something concurrent may run while this waits. */
      readonly concurrent: boolean;
      /** Units of the project whose calls feed it. */
      readonly callees: readonly UnitId[];
      /** Nothing else feeds it: where all of them turn blocking the `await` goes, whatever its own function does. */
      readonly onlyCalls: boolean;
    }
  /** A call of a unit of the project that yields a promise or a swapped value. */
  | { readonly kind: 'call'; readonly callee: UnitId; readonly consumer: Consumer }
  /** A call, `new` or tagged template of a library function: `node:fs/promises#readFile`, `node:net#Socket.write`. */
  | { readonly kind: 'api-call'; readonly api: string; readonly consumer: Consumer }
  /** A read or write of a member of a swapped value: `socket.remoteAddress`. */
  | { readonly kind: 'api-member'; readonly api: string }
  /** A reference to a library function that is not called here: `const read = fs.readFile`, `promisify(execFile)`. */
  | { readonly kind: 'api-value'; readonly api: string }
  /** A reference to a swapped type: `net.Socket`; or a type that names a promise: `Promise<T>`, `AsyncIterable<T>`, `Awaited<…>`. */
  | {
      readonly kind: 'type-reference';
      readonly name: string;
      readonly api: string | null;
      /** What it is the type of holds outcomes when it is blocking. */
      readonly outcome?: boolean;
    }
  /**
   * `Promise.all|allSettled|race|any`; `shared`: others hold the array that is combined, or it is used again · `kept`: its elements were stored,
   * and their outcomes are stored in their place.
   */
  | {
      readonly kind: 'combinator';
      readonly method: string;
      readonly consumer: Consumer;
      readonly shared: boolean;
      readonly kept?: boolean;
    }
  /** `Promise.resolve|reject|try|withResolvers` */
  | { readonly kind: 'promise-static'; readonly method: string; readonly consumer: Consumer }
  /** `new Promise(executor)` */
  | { readonly kind: 'executor'; readonly consumer: Consumer }
  /** `x.then(…)`, `.catch(…)`, `.finally(…)`: the node is the outermost call of the chain. */
  | { readonly kind: 'then'; readonly consumer: Consumer }
  /**
   * A read of a slot that holds a promise; `form` is what the slot holds when it is blocking. `taken` is there where the slot got it out of
   * something else: a sentence for a refusal, or for a note.
   */
  | {
      readonly kind: 'promise-value';
      readonly slot: UnitId;
      readonly consumer: Consumer;
      readonly form: SlotForm;
      readonly taken?: { readonly fits: boolean; readonly why: string };
    }
  /** A promise put into a slot; `reads` says how that slot is read, `why` is a sentence for a note or a refusal, or empty. */
  | {
      readonly kind: 'store';
      readonly slot: UnitId;
      readonly slotKind: SlotKind;
      readonly reads: readonly Consumer[];
      readonly form: SlotForm;
      readonly why: string;
    }
  /**
   * A promise that goes where no transform may follow, `how` says where. `returned`: what an untyped call gives may be one ·
   * `shim`: the function this site stands for goes on giving it · `untyped-caller`: a call without types that may reach the function this site stands for, and wants its promise · `untyped-reader`: the function may be what is handed on here · the others speak of
   * types and declarations: `asked` by a conditional type, `asserted` to be a promise, `declared` elsewhere, `decorated`, the same as another `overload` when plain, `wrapped` in another function by a library, asked for their `function-kind`.
   */
  | {
      readonly kind: 'escape';
      readonly how: Consumer | Declared | 'untyped-caller' | 'untyped-reader' | 'shim';
      readonly detail: string;
    }
  /** `return p` inside `try`, in an async function. */
  | { readonly kind: 'return-in-try' }
  /** `for await (… of x)`; the node is the statement. `elements`: over promises that are all made before the loop begins. */
  | { readonly kind: 'for-await'; readonly operand: Colour; readonly elements: boolean }
  | { readonly kind: 'await-using' }
  /** `[Symbol.asyncIterator]`, `Symbol.asyncDispose` as a member's name or access. */
  | { readonly kind: 'async-symbol'; readonly symbol: 'asyncIterator' | 'asyncDispose'; readonly twin: boolean }
  /** An async callback handed to code whose type belongs to a library. */
  | {
      readonly kind: 'callback';
      readonly api: string;
      readonly accepts: 'blocking' | 'promise-only' | 'unknown';
      readonly loop: boolean;
      /**
       * How the function stands here: written out · written out as what others call too (only while analysis asks whether they can go on
       * with its promise) · by a name that never changes · otherwise.
       */
      readonly given: 'written' | 'member' | 'named' | 'other';
      /** The parameters that the library fills: `x`, `...rest`, and how they are declared: `x: string`. */
      readonly parameters: readonly { readonly name: string; readonly declared: string }[];
    }
  /** `import('x')` */
  | { readonly kind: 'dynamic-import'; readonly literal: boolean; readonly consumer: Consumer }
  /** An expectation of a test framework on a promise: `expect(p).rejects.toThrow()`; the node is the whole chain. */
  | { readonly kind: 'expectation'; readonly framework: string; readonly consumer: Consumer }
  /** An import, in test code, of a module that runs a server; the node is the import declaration. */
  | { readonly kind: 'server-import'; readonly module: string; readonly names: readonly ServerName[] }
  /** A construct of the event loop without a promise: a timer, a server, a listener. Refused unless a transform knows the idiom. */
  | { readonly kind: 'loop'; readonly api: string }
  /** Statements that belong together around a swapped value, recognised by data flow: `if (!socket.write(b)) await once(socket, 'drain')`. */
  | {
      readonly kind: 'idiom';
      readonly idiom: string;
      /** What it is about and cannot be seen inside of the site, as text: the socket, or the sentence of a refusal. */
      readonly of?: string;
    }
  /** A function beside which a blocking one of its name with `Sync` stands; `name` is how its body calls that. */
  | { readonly kind: 'twin'; readonly name: string; readonly at: Place }
  /**
   * A test that is about asynchrony itself, or that runs beside others; the node is its function. `title` has those of the groups around it,
   * joined by ` > `; `exact` says that the test is called so, and not one of several.
   */
  | { readonly kind: 'async-test'; readonly topic: AsyncTestTopic; readonly title: string; readonly exact: boolean }
  /** A place that the policy `emit-twin` writes to: a declaration, or what names one. Only settling makes it. */
  | { readonly kind: 'twin-place' }
  /** A value cast to or from a type that changes: `x as Promise<T>`, `any` to a function type. */
  | { readonly kind: 'cast'; readonly detail: string }
  /** A `throw` of a function that is not async, which went past the `chain` on what the function gives. */
  | { readonly kind: 'early-throw'; readonly chain: string }
  /**
   * An object that is given to code without types, `to` as it is written; `member` is one of its functions. Or a function that is given to generic
   * code which does not know of promises, and keeps what it gives: `keeps` says where.
   */
  | { readonly kind: 'exposed'; readonly to: string; readonly member: string; readonly keeps?: string };

/** What a test is about that blocking code does not do; `concurrent`: it is only run beside others. */
export type AsyncTestTopic =
  'overlap' | 'cancellation' | 'unhandled' | 'clock' | 'polling' | 'done' | 'interceptor' | 'concurrent';

/** Ways in which a declaration keeps its function async, with no promise at the place. */
export type Declared = 'asked' | 'asserted' | 'declared' | 'decorated' | 'overload' | 'wrapped' | 'function-kind';

/** A value that a test imports from a module with a server. */
export interface ServerName {
  readonly imported: string;
  readonly local: string;
  /** Its name is used as a type in the importing file. */
  readonly usedAsType: boolean;
}

/**
 * What a slot that held a promise holds when it is blocking: its value · its outcome, value or error, which each read unwraps · of a container
 * the outcomes, which its reads look at · a function that its one read calls · none of these, so that it cannot turn blocking.
 */
export type SlotForm = 'value' | 'outcome' | 'outcomes' | 'thunk' | 'none';

export type SlotKind = 'local' | 'parameter' | 'field' | 'module' | 'container';
export type SiteKind = SiteFacts['kind'];

interface SiteBase {
  readonly id: SiteId;
  readonly place: Place;
  /** Parentheses around an expression belong to its span. */
  readonly span: Span;
  readonly inside: UnitId;
  readonly test: boolean;
  /** Which site is the outer one where two have the same span: the lower. */
  readonly rank: number;
}

export type Site = SiteBase & SiteFacts;
export type SiteOf<K extends SiteKind> = Site & { readonly kind: K };

/** `from` can only turn blocking (or be claimed) when `to` does. `why` reads after the name of `from`: "calls", "implements". */
export interface Requirement {
  readonly from: UnitId;
  readonly to: UnitId;
  readonly why: string;
}

/** A call edge, for islands: `caller` reaches `callee`, which is concurrent or is not. */
export interface CallEdge {
  readonly caller: UnitId;
  readonly callee: UnitId;
  readonly site: SiteId;
  /** The consumer tolerates a blocking callee in a caller that stays async. */
  readonly tolerated: boolean;
}

/** Something concurrent met in a unit: a server, a timer, an emitter, a combinator, a callback handed to a library. */
export interface Concurrency {
  readonly unit: UnitId;
  readonly what: string;
  readonly place: Place;
  /** Where this site is claimed, nothing runs concurrently any more. */
  readonly site: SiteId;
}

/** A comment that steers one place: `// unawait-keep <reason>`, `// unawait-policy NAME`. */
export interface Steering {
  /** What follows `unawait-`: `keep`, `policy`, or a word that means nothing. */
  readonly word: string;
  /** The user's reason, or the policy's name. */
  readonly text: string;
  readonly place: Place;
  /** The statement or member that it speaks of. */
  readonly span: Span;
  /** The function, or module, that the comment stands in. */
  readonly unit: UnitId;
}

/**
 * A declaration beside which its blocking twin can be put, for the policy `emit-twin`: a function of a module's top level, or a method of a
 * class there.
 */
export interface Twinnable {
  readonly unit: UnitId;
  /** `load` of `loadSync` */
  readonly name: string;
  readonly place: Place;
  /** The statement or member, with the JSDoc comment in front of it. */
  readonly span: Span;
  /** Where it begins behind that comment. */
  readonly start: number;
  readonly nameSpan: Span;
  /** The word `default`, which only one of both can have. */
  readonly defaultSpan?: Span;
  /** It is exported as the default elsewhere in its file: its twin needs the word `export`. */
  readonly needsExport: boolean;
  /** Why it cannot stand twice; a sentence. */
  readonly problem?: string;
}

/**
 * A place that names a twinnable declaration. `name`: the same place in a twin names the twin by `text` · `import`: it is imported, as
 * `text` from `module` · `export`: it is handed out there, `text` hands out the twin and goes behind.
 */
export interface TwinMention {
  readonly kind: 'name' | 'import' | 'export';
  readonly to: UnitId;
  readonly place: Place;
  readonly span: Span;
  readonly text: string;
  readonly module?: string;
  /** The twinnable declaration that it stands in. */
  readonly inside?: UnitId;
}

/** Everything analysis found; plain JSON. */
export interface Facts {
  readonly units: readonly Unit[];
  readonly sites: readonly Site[];
  readonly requirements: readonly Requirement[];
  readonly calls: readonly CallEdge[];
  readonly concurrency: readonly Concurrency[];
  readonly steering: readonly Steering[];
  readonly twinnables?: readonly Twinnable[];
  readonly mentions?: readonly TwinMention[];
}
