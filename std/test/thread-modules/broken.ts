export const value = 1;
throw Object.assign(new TypeError('cannot load'), { code: 'E_LOAD' });
