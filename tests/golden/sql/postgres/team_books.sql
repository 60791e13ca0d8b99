SELECT
  o.day,
  o.csm_id,
  COUNT(*) AS n_accounts,
  SUM(h.mrr) AS mrr
FROM owned AS o
JOIN held AS h
  ON h.account_id = o.account_id AND h.day = o.day
WHERE
  h.mrr > 0
GROUP BY
  o.day,
  o.csm_id
