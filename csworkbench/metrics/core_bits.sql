-- One row per account with core features among those of the relation `numbered`; bits: one for each of them.
-- core: account × feature.
SELECT c.account_id, bit_or(n.bit) AS bits
FROM core AS c
JOIN numbered AS n ON n.feature = c.feature
GROUP BY c.account_id
