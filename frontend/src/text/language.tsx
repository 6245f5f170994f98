import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { en, type Texts } from './en.ts'
import { ru } from './ru.ts'

const dictionaries = { en, ru }
export type Language = keyof typeof dictionaries

/** What each language calls itself. */
export const languages: Readonly<Record<Language, string>> = { en: 'English', ru: 'Русский' }

interface LanguageChoice {
  language: Language
  text: Texts
  choose: (language: Language) => void
}

const name = 'roundtable.language'
const LanguageContext = createContext<LanguageChoice>({ language: 'en', text: en, choose: () => {} })

/** The language that was chosen here, or the first one of the browser's that there is. */
function firstLanguage(): Language {
  const wanted = [localStorage.getItem(name), ...navigator.languages.map((tag) => tag.slice(0, 2))]
  return wanted.find((one): one is Language => one !== null && one in dictionaries) ?? 'en'
}

/** What to say in a language; times and numbers as they are written where the browser is, if it is spoken there. */
function textIn(language: Language): Texts {
  const text = dictionaries[language]
  return { ...text, locale: navigator.languages.find((tag) => tag.startsWith(text.locale)) ?? text.locale }
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage)
  const choose = useCallback((chosen: Language) => {
    localStorage.setItem(name, chosen)
    setLanguage(chosen)
  }, [])
  const choice = useMemo(() => ({ language, text: textIn(language), choose }), [language, choose])
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  return <LanguageContext value={choice}>{children}</LanguageContext>
}

export function useLanguage(): LanguageChoice {
  return useContext(LanguageContext)
}

/** What to say, in the language that was chosen. */
export function useText(): Texts {
  return useLanguage().text
}
