import type { WireAnswer, WireRequest } from './http-wire.ts';
import { judge, refuseOnPurpose, responseBegan, type Call, type Judgement, type Phase } from './invocation-state.ts';
import { acceptedAnswer, eventAnswer, refusalAnswer } from './lambda-answers.ts';
import type { ApiAsked } from './lambda-routes.ts';
import { requestIdOf, type ApiCall, type Fault, type LambdaScenario } from './scenario.ts';
import type { EventOutcome, ScenarioEnd } from './transcript.ts';

type Reply =
  | {
      readonly is: 'answer';
      readonly answer: WireAnswer;
      readonly faults: readonly Fault[];
      readonly waitMs: number;
      readonly errorType: string | null;
      /** The scenario is over once this is sent. */
      readonly end: ScenarioEnd | null;
      /** To be told to `answered` once this is sent: until then no other call of the event is in order. */
      readonly then: Phase;
    }
  /** The poll waits for `due`. */
  | { readonly is: 'poll'; readonly faults: readonly Fault[] }
  | { readonly is: 'shutdown' };

type Due =
  | { readonly is: 'event'; readonly index: number; readonly answer: WireAnswer }
  | { readonly is: 'wait'; readonly ms: number }
  | { readonly is: 'none' };

/** The scenario in progress: which event is out, which faults are spent, what each call is answered. No sockets, no timers. */
export interface Play {
  readonly events: readonly EventOutcome[];
  /** Index of the event a call belongs to: for `next` the one it waits for. */
  eventOf(asked: ApiAsked): number | null;
  reply(asked: ApiAsked, request: WireRequest): Reply;
  /** An answer is out. */
  answered(then: Phase): void;
  /** The head of a response in streaming mode has arrived. */
  streamBegan(requestId: string): void;
  /** What the open poll gets now. */
  due(now: number, address: string): Due;
  handedOut(index: number): void;
  /** The event went to a peer that had gone: the next poll gets it again. */
  cameBack(index: number): void;
}

export function createPlay(scenario: LambdaScenario): Play {
  const events: EventOutcome[] = scenario.events.map((event, index) => ({
    requestId: requestIdOf(event, index),
    delivered: 0,
    outcome: null,
  }));
  const spent = new Map<Fault, number>();
  const availableAt = new Map<number, number>();
  let phase: Phase = 'init';
  /** Index of the last event handed out, and of the one to come. */
  let current = -1;
  let upcoming = 0;

  const currentId = (): string | null => events[current]?.requestId ?? null;

  /** Faults in force for a call: all that shape the answer, and the first that replaces it. */
  const takeFaults = (faults: readonly Fault[], call: ApiCall): Fault[] => {
    const taken: Fault[] = [];
    for (const fault of faults) {
      const left = spent.get(fault) ?? fault.times ?? 1;
      if (fault.on !== call || left <= 0 || (replaces(fault) && taken.some(replaces))) continue;
      spent.set(fault, left - 1);
      taken.push(fault);
    }
    return taken;
  };

  const answerWith = (
    answer: WireAnswer,
    then: Phase,
    faults: readonly Fault[],
    end: ScenarioEnd | null,
    waitMs: number,
  ): Reply => {
    phase = then === 'broken' || waitMs === 0 ? then : 'answering';
    return { is: 'answer', answer, faults, waitMs, errorType: null, end, then };
  };

  const refuse = (judged: Judgement, faults: readonly Fault[], end: ScenarioEnd | null, waitMs: number): Reply => {
    const refused = judged.refused!;
    const ends = judged.phase === 'broken' ? 'container-error' : end;
    const reply = answerWith(refusalAnswer(refused), judged.phase, faults, ends, waitMs);
    return { ...reply, errorType: refused.errorType } as Reply;
  };

  const replyToPoll = (receivedAt: number): Reply => {
    const judged = judge(phase, currentId(), { is: 'next' });
    if (judged.refused !== null) return refuse(judged, [], null, 0);
    phase = judged.phase;
    const faults = takeFaults(scenario.events[upcoming]?.faults ?? [], 'next');
    const refusal = faults.find((fault) => fault.do === 'refuse');
    if (faults.some((fault) => fault.do === 'shutdown')) return { is: 'shutdown' };
    if (refusal !== undefined) {
      return refuse(refuseOnPurpose(phase, refusal.status, refusal.errorType, false), faults, null, 0);
    }
    const delay = faults.find((fault) => fault.do === 'delay');
    if (delay !== undefined) availableAt.set(upcoming, receivedAt + delay.ms);
    return { is: 'poll', faults };
  };

  const replyToPost = (call: Exclude<Call, { is: 'next' }>): Reply => {
    const event = call.is !== 'init-error' && call.requestId === currentId() ? events[current] : undefined;
    const end: ScenarioEnd | null = call.is === 'init-error' ? 'init-error' : null;
    const judged = judge(phase, currentId(), call);
    if (judged.refused !== null) {
      if (event !== undefined && judged.phase === 'ended' && phase !== 'ended') event.outcome = 'refused';
      // A call that is out of order is turned away at once: it must not unlock what it interrupts.
      return refuse(
        judged,
        [],
        null,
        judged.phase === 'ended' && phase !== 'ended' ? (scenario.answerDelayMs ?? 0) : 0,
      );
    }
    const inForce = call.is === 'init-error' ? scenario.faults : scenario.events[current]?.faults;
    const faults = takeFaults(inForce ?? [], call.is);
    const replacing = faults.find(replaces);
    const lost = replacing !== undefined && !(replacing.do === 'drop' && replacing.accepted === true);
    if (event !== undefined) event.outcome = lost ? 'refused' : call.is === 'response' ? 'response' : 'error';
    if (replacing?.do === 'shutdown') return { is: 'shutdown' };
    const waitMs = faults.reduce(
      (sum, fault) => sum + (fault.do === 'delay' ? fault.ms : 0),
      scenario.answerDelayMs ?? 0,
    );
    if (replacing?.do === 'refuse') {
      return refuse(refuseOnPurpose(phase, replacing.status, replacing.errorType, end === null), faults, end, waitMs);
    }
    return answerWith(acceptedAnswer(), lost && end === null ? 'refused' : judged.phase, faults, end, waitMs);
  };

  return {
    events,
    eventOf(asked) {
      if (asked.is === 'next') return upcoming;
      return asked.is === 'init-error' || current < 0 ? null : current;
    },
    reply(asked, request) {
      if (asked.is === 'next') return replyToPoll(request.receivedAt);
      if (asked.is === 'init-error') return replyToPost({ is: 'init-error' });
      const { truncated } = request;
      if (asked.is === 'error') return replyToPost({ is: 'error', requestId: asked.requestId, truncated });
      return replyToPost({ ...asked, is: 'response', bytes: request.body.length, truncated });
    },
    answered(then) {
      if (phase === 'answering') phase = then;
    },
    streamBegan(requestId) {
      phase = responseBegan(phase, currentId(), requestId);
    },
    due(now, address) {
      const event = scenario.events[upcoming];
      if (event === undefined) return { is: 'none' };
      const ms = (availableAt.get(upcoming) ?? now) - now;
      if (ms > 0) return { is: 'wait', ms };
      return { is: 'event', index: upcoming, answer: eventAnswer(event, upcoming, Date.now(), address) };
    },
    handedOut(index) {
      current = index;
      upcoming = index + 1;
      phase = 'running';
      events[index]!.delivered += 1;
    },
    cameBack(index) {
      if (current !== index || phase !== 'running') return;
      current = index - 1;
      upcoming = index;
      phase = 'idle';
      events[index]!.delivered -= 1;
    },
  };
}

function replaces(fault: Fault): boolean {
  return fault.do === 'refuse' || fault.do === 'drop' || fault.do === 'garbage' || fault.do === 'shutdown';
}
