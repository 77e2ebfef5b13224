/** The Runtime API's state machine, without any I/O. Sources: AWS's custom-runtime documentation and runtime interface emulator. */

/**
 * `init`: before the first `next` · `idle`: a poll is open or due · `running`: an event is out · `streaming`: its response has begun ·
 * `answering`: its response or error is being taken in · `ended`: that is done · `refused`: its response was refused, so that a second try, an error or the next poll may follow ·
 * `init-failed`: the initialisation was reported as failed · `broken`: the container is lost, every call gets 500.
 */
export type Phase =
  'init' | 'idle' | 'running' | 'streaming' | 'answering' | 'ended' | 'refused' | 'init-failed' | 'broken';

export type Call =
  | { readonly is: 'next' }
  | { readonly is: 'init-error' }
  | { readonly is: 'error'; readonly requestId: string; readonly truncated: boolean }
  | {
      readonly is: 'response';
      readonly requestId: string;
      /** `Lambda-Runtime-Function-Response-Mode`, where given. */
      readonly mode: string | undefined;
      readonly bytes: number;
      readonly truncated: boolean;
    };

export interface Refused {
  readonly status: 400 | 403 | 413 | 500;
  readonly errorType: string;
  readonly errorMessage: string;
}

export interface Judgement {
  readonly phase: Phase;
  readonly refused: Refused | null;
}

/** A buffered response may have 6 MiB and 100 bytes. */
export const RESPONSE_LIMIT = 6 * 1024 * 1024 + 100;

/** What the service makes of a call in a phase; `current` is the id of the last event handed out. */
export function judge(phase: Phase, current: string | null, call: Call): Judgement {
  if (phase === 'broken') return { phase, refused: containerError() };
  if (call.is === 'init-error') {
    return phase === 'init' ? { phase: 'init-failed', refused: null } : { phase, refused: wrongOrder(phase, call) };
  }
  if (call.is === 'next') {
    const due = phase === 'init' || phase === 'idle' || phase === 'ended' || phase === 'refused';
    return due ? { phase: 'idle', refused: null } : { phase, refused: wrongOrder(phase, call) };
  }
  // The id is looked at before the state.
  if (call.requestId !== current) {
    return {
      phase,
      refused: { status: 400, errorType: 'InvalidRequestID', errorMessage: 'No event with this request id is open' },
    };
  }
  if (call.is === 'error') {
    // An error is told apart from the body only before the response has begun.
    if (phase !== 'running' && phase !== 'refused') return { phase, refused: wrongOrder(phase, call) };
    return { phase: 'ended', refused: call.truncated ? truncatedRequest() : null };
  }
  if (phase !== 'running' && phase !== 'refused' && phase !== 'streaming') {
    return { phase, refused: wrongOrder(phase, call) };
  }
  if (call.mode !== undefined && call.mode !== 'streaming') {
    return {
      phase: 'ended',
      refused: {
        status: 400,
        errorType: 'InvalidFunctionResponseMode',
        errorMessage: `The function response mode ${JSON.stringify(call.mode)} is not known`,
      },
    };
  }
  if (call.truncated) return { phase: 'ended', refused: truncatedRequest() };
  if (call.mode === undefined && call.bytes > RESPONSE_LIMIT) return { phase: 'ended', refused: tooLarge() };
  return { phase: 'ended', refused: null };
}

/** The phase after the head of a streamed response has arrived and before its body is whole. */
export function responseBegan(phase: Phase, current: string | null, requestId: string): Phase {
  return requestId === current && (phase === 'running' || phase === 'refused') ? 'streaming' : phase;
}

/** A refusal which the scenario asks for, and what it leaves behind. */
export function refuseOnPurpose(
  phase: Phase,
  status: Refused['status'],
  errorType: string | undefined,
  belongsToEvent: boolean,
): Judgement {
  const plain = { 400: badRequest, 403: forbidden, 413: tooLarge, 500: containerError }[status]();
  const refused = errorType === undefined ? plain : { ...plain, errorType };
  if (status === 500) return { phase: 'broken', refused };
  if (!belongsToEvent) return { phase, refused };
  return { phase: status === 413 ? 'ended' : 'refused', refused };
}

function wrongOrder(phase: Phase, call: Call): Refused {
  return {
    status: 403,
    errorType: 'InvalidStateTransition',
    errorMessage: `The call ${call.is} is not allowed in the state ${phase}`,
  };
}

function badRequest(): Refused {
  return { status: 400, errorType: 'InvalidRequestID', errorMessage: 'Invalid request id' };
}

function forbidden(): Refused {
  return { status: 403, errorType: 'InvalidStateTransition', errorMessage: 'The state does not allow this call' };
}

function tooLarge(): Refused {
  return {
    status: 413,
    errorType: 'RequestEntityTooLarge',
    errorMessage: `A response may have at most ${RESPONSE_LIMIT} bytes`,
  };
}

function truncatedRequest(): Refused {
  return { status: 400, errorType: 'TruncatedHTTPRequest', errorMessage: 'The request ended before its body did' };
}

function containerError(): Refused {
  return { status: 500, errorType: 'InternalServerError', errorMessage: 'The container is lost' };
}
