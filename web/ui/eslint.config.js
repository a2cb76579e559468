// What the type check does not see. How code is laid out is left to Prettier.
import eslint from '@eslint/js'
import prettier from 'eslint-config-prettier/flat'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import { defineConfig, globalIgnores } from 'eslint/config'
import typescript from 'typescript-eslint'

const LONGEST = 120

export default defineConfig(
  globalIgnores(['dist/', 'src/components.d.ts', 'src/shared/api/schema.d.ts']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  typescript.configs.recommended,
  vue.configs['flat/recommended'],
  prettier,
  {
    files: ['**/*.{ts,vue,js,mjs}'],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      'no-undef': 'off', // vue-tsc knows better what there is
      // naming members before a rest is how they are left out
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      'vue/max-len': ['error', { code: LONGEST, template: LONGEST }],
      'vue/multi-word-component-names': 'off', // ours are imported by name and meet no HTML element
    },
  },
  { files: ['**/*.{ts,js,mjs}'], rules: { 'max-len': ['error', { code: LONGEST }] } },
)
