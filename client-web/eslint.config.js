import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import a11y from 'eslint-plugin-vuejs-accessibility'
import ts from 'typescript-eslint'

const only = (message, ...group) => ['error', { patterns: [{ group, message }] }]
const vueAndKin = [
  'vue',
  'vue-i18n',
  'vue-router',
  'pinia',
  '@vue/*',
  '@xstate/vue',
  '@tanstack/vue-query',
  'element-plus',
]

export default ts.config(
  {
    ignores: [
      'dist',
      'node_modules',
      'src/core/protocol/generated',
      'src/core/api/generated',
      'test-results',
      'playwright-report',
      '.playwright',
    ],
  },
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  ...a11y.configs['flat/recommended'],
  prettier,
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'no-undef': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/no-v-html': 'error',
      // A label beside its control with for/id is enough; nesting as well is not asked for.
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      'vuejs-accessibility/media-has-caption': 'off',
      'vuejs-accessibility/no-static-element-interactions': 'error',
    },
  },
  // Who may import whom: apps → ui → core; apps never each other; core knows no Vue.
  {
    files: ['src/core/**'],
    rules: {
      'no-restricted-imports': only('core is framework-free', ...vueAndKin, '@/ui/*', '@/apps/*', '@/i18n/*'),
    },
  },
  {
    files: ['src/ui/**'],
    rules: { 'no-restricted-imports': only('ui knows no app', '@/apps/*') },
  },
  {
    files: ['src/apps/kiosk/**'],
    rules: {
      'no-restricted-imports': only(
        'the kiosk stays small and apart',
        '@/apps/desk/*',
        '@/ui/desk/*',
        '@/i18n/desk',
        '@/i18n/desk/*',
        'element-plus',
        'element-plus/*',
      ),
    },
  },
  {
    files: ['src/apps/desk/**'],
    rules: {
      'no-restricted-imports': only(
        'apps never import each other',
        '@/apps/kiosk/*',
        '@/ui/big/*',
        '@/i18n/kiosk',
        '@/i18n/kiosk/*',
      ),
    },
  },
  {
    files: ['e2e/**', 'tools/**', '*.config.*'],
    rules: { 'no-console': 'off' },
  },
)
