import type { AxiosSyncConfig, Json } from './config.ts';
import type { AxiosSyncResponse } from './instance.ts';

/** What `axiosSync` throws: `AxiosError` in all but its class. `instanceof` holds for errors of `axios` too. */
export class AxiosSyncError<Data = unknown, Sent = Json> extends Error {
  readonly isAxiosError = true;
  /** `ERR_BAD_REQUEST` for 4xx, `ERR_BAD_RESPONSE` for 5xx, `ECONNABORTED` for the time limit, else the system's code. */
  declare code?: string;
  declare config?: AxiosSyncConfig<Sent>;
  /** Stands for the request that was sent; only there where one was. */
  declare request?: object;
  declare response?: AxiosSyncResponse<Data, Sent>;
  declare status?: number;

  constructor(
    message?: string,
    code?: string,
    config?: AxiosSyncConfig<Sent>,
    request?: object,
    response?: AxiosSyncResponse<Data, Sent>,
  ) {
    super(message);
    Object.defineProperty(this, 'message', { value: message, enumerable: true, writable: true, configurable: true });
    this.name = 'AxiosError';
    if (code !== undefined) this.code = code;
    if (config !== undefined) this.config = config;
    if (request !== undefined) this.request = request;
    if (response !== undefined) {
      this.response = response;
      this.status = response.status;
    }
  }

  /** The failure of a request that got no answer. */
  static of(error: Error, config: AxiosSyncConfig, request: object): AxiosSyncError {
    const { code } = error as { code?: string };
    const made = new AxiosSyncError(error.message, code, config, request);
    Object.defineProperty(made, 'cause', { value: error, writable: true, enumerable: false, configurable: true });
    made.name = error.name;
    return made;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isAxiosError(value);
  }

  toJSON(): object {
    const { message, name, stack, config, code, status } = this;
    return { message, name, stack, config, code, status };
  }
}

/** Whether an error comes from `axiosSync`, or from `axios`. */
export function isAxiosError<Data = Json>(value: unknown): value is AxiosSyncError<Data> {
  return typeof value === 'object' && value !== null && (value as { isAxiosError?: unknown }).isAxiosError === true;
}

/** Whether a signal had been fired before the request. */
export function isCancel(value: unknown): value is AxiosSyncError {
  return typeof value === 'object' && value !== null && (value as { __CANCEL__?: unknown }).__CANCEL__ === true;
}

/** What a signal that was fired before throws. */
export function canceled(config: AxiosSyncConfig): AxiosSyncError {
  const error = new AxiosSyncError('canceled', 'ERR_CANCELED', config);
  error.name = 'CanceledError';
  return Object.assign(error, { __CANCEL__: true });
}
