-- A text as search(words) compares it: without case and accents, Cyrillic in Latin letters.
-- 'folded' of 'Астана' is 'astana', as of 'Astana'; the letters as most names in English have them.
CREATE MACRO folded(text) AS
  replace(replace(replace(replace(replace(replace(replace(replace(
    translate(strip_accents(lower(text)), 'абвгдезиклмнопрстуфыэәғқңөұүһіґєъь', 'abvgdeziklmnoprstufyeagqnouuhige'),
    'ж', 'zh'), 'х', 'kh'), 'ц', 'ts'), 'ч', 'ch'), 'ш', 'sh'), 'щ', 'shch'), 'ю', 'yu'), 'я', 'ya')
