/** As Node says that nobody listens at an address. */
export const refusedAt = (address: string): Error =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });
