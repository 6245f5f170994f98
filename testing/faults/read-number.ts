/**
 * A number from the environment.
 * @throws Error naming the variable when it is no number above 0
 */
export function readNumber(name: string, usual: number): number {
  const value = Number(process.env[name] || usual)
  if (!(value > 0)) throw new Error(`${name}: ${process.env[name]} is not a number above 0`)
  return value
}
