import { lookup as lookupBack } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { promisify } from 'node:util';

export const local = async () => lookup('localhost');
export const localAll = async () => lookup('localhost', { all: true });
export const local4 = async () => lookup('localhost', 4);
export const local4All = async () => lookup('localhost', { family: 4, all: true });
export const address = async () => lookup('127.0.0.1');
export const address6 = async () => lookup('::1');
export const missing = async () => lookup('no-such-host.invalid');
export const promisified = async () => promisify(lookupBack)('localhost');
