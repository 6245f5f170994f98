/** Loaded before a service (`node --import`): its clock is off by SHIFT_CLOCK_S seconds, its timers are not. */
const shiftMs = Number(process.env.SHIFT_CLOCK_S) * 1_000
const RealDate = Date

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + shiftMs] : args, newTarget),
  get: (target, property, receiver) =>
    property === 'now' ? () => RealDate.now() + shiftMs : Reflect.get(target, property, receiver),
})
