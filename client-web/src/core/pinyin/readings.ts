// A piece of its own, as large as the rest of the terminal's page: fetched when somebody first writes Chinese.
export { pinyin } from 'pinyin-pro'
