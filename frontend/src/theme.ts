import { createTheme } from '@mantine/core'

/** How the components look; the colours are in styles/mantine.css. */
export const theme = createTheme({
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // It would write a style sheet into the page, which the content policy does not let it.
    Modal: { defaultProps: { lockScroll: false, centered: true, radius: 'lg' } },
    // A menu may hold nothing but items, and its placeholder for the focus is none.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Input: { defaultProps: { radius: 'md' } },
    TextInput: { defaultProps: { radius: 'md', errorProps: { role: 'alert' } } },
    PasswordInput: { defaultProps: { radius: 'md', errorProps: { role: 'alert' } } },
    Textarea: { defaultProps: { radius: 'md', errorProps: { role: 'alert' } } },
    Button: { defaultProps: { radius: 'md' } },
  },
})
