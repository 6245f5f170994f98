import { AppError, errorCodes } from '@roundtable/common/errors'
import type { Profile } from '../users/store.ts'
import { hashPassword, type InTurn, isPasswordRight } from './password-hashing.ts'
import { type Revocations, revocationExpiry } from './revocations.ts'
import type { Account, AccountsStore, RevocationsStore } from './store.ts'
import type { IssuedToken, TokenClaims, Tokens } from './tokens.ts'
import type { WrongPasswords } from './wrong-passwords.ts'

export interface AuthServiceOptions {
  accounts: AccountsStore
  revocationsStore: RevocationsStore
  revocations: Revocations
  tokens: Tokens
  wrongPasswords: WrongPasswords
  inTurn: InTurn
  /** Tells others that a user has signed in or out. It does not throw: nobody is kept from either because of it. */
  tellOthers: (uid: number, name: 'login' | 'logout') => Promise<void>
}

/** Someone who is signed in. */
export interface SignedIn extends IssuedToken {
  userId: number
  username: string
}

export interface AuthService {
  /** @throws AppError 4092 when the name is taken */
  signUp(user: Profile & { username: string; password: string }, address: string): Promise<SignedIn>
  /**
   * @param address where the attempt comes from: wrong passwords are counted by it
   * @throws AppError 4012, 4290
   */
  signIn(username: string, password: string, address: string): Promise<SignedIn>
  /** Ends the token everywhere. @throws AppError 5032 when that could not be stored */
  signOut(claims: TokenClaims): Promise<void>
  /**
   * Changes the password, ends all tokens of the user and gives out a new one.
   * @throws AppError 4011 when the account was changed or deleted meanwhile, 4012, 4290
   */
  changePassword(
    claims: TokenClaims,
    passwords: { current: string; wanted: string },
    address: string,
  ): Promise<SignedIn>
  /** Deletes the account and ends all its tokens. @throws AppError 4011, 4012, 4290 */
  deleteAccount(claims: TokenClaims, password: string, address: string): Promise<void>
}

/** The rules of signing up, in and out. */
export function createAuthService(options: AuthServiceOptions): AuthService {
  const { accounts, revocationsStore, revocations, tokens, wrongPasswords, inTurn, tellOthers } = options
  // Checked for names nobody has, so that these take as long to refuse as wrong passwords.
  const nobodysHash = hashPassword('nobody has this password')

  const signedIn = async (account: Account): Promise<SignedIn> => ({
    ...(await tokens.issue(account)),
    userId: account.id,
    username: account.username,
  })

  const checkPassword = (
    attempt: { username: string; password: string; address: string },
    account: Account | undefined,
  ): Promise<Account> =>
    inTurn(attempt.address, async () => {
      const takeBack = wrongPasswords.begin(attempt.username, attempt.address)
      const isRight = await isPasswordRight(account?.passwordHash ?? (await nobodysHash), attempt.password)
      if (!isRight || !account) throw new AppError(errorCodes.badCredentials, 'wrong user name or password')
      takeBack()
      return account
    })

  const ownAccount = async (claims: TokenClaims, password: string, address: string): Promise<Account> => {
    wrongPasswords.check(claims.username, address)
    const account = await accounts.findById(claims.uid)
    // The token's end is on its way to us.
    if (!account || account.generation !== claims.gen) throw accountChanged()
    return checkPassword({ username: claims.username, password, address }, account)
  }

  const endTokens = (uid: number, belowGeneration: number, expiresAt: number) =>
    revocations.add({ uid, jti: null, belowGeneration, expiresAt })

  return {
    async signUp({ password, ...user }, address) {
      const passwordHash = await inTurn(address, () => hashPassword(password))
      return signedIn(await accounts.create({ ...user, passwordHash }))
    },

    async signIn(username, password, address) {
      // Who may not try does not wait in the line either.
      wrongPasswords.check(username, address)
      const account = await accounts.findByName(username)
      const checked = await checkPassword({ username, password, address }, account)
      await tellOthers(checked.id, 'login')
      return signedIn(checked)
    },

    async signOut({ uid, jti }) {
      const token = { uid, jti, expiresAt: revocationExpiry() }
      await revocationsStore.revoke(token)
      revocations.add({ ...token, belowGeneration: null })
      await tellOthers(uid, 'logout')
    },

    async changePassword(claims, { current, wanted }, address) {
      const account = await ownAccount(claims, current, address)
      const passwordHash = await inTurn(address, () => hashPassword(wanted))
      const expiresAt = revocationExpiry()
      const generation = await accounts.changePassword(account, passwordHash, expiresAt)
      if (generation === undefined) throw accountChanged()
      endTokens(account.id, generation, expiresAt)
      return signedIn({ ...account, generation })
    },

    async deleteAccount(claims, password, address) {
      const account = await ownAccount(claims, password, address)
      const expiresAt = revocationExpiry()
      endTokens(account.id, await accounts.delete(account.id, expiresAt), expiresAt)
    },
  }
}

function accountChanged(): AppError {
  return new AppError(errorCodes.badToken, 'the account was changed or deleted meanwhile, sign in again')
}
