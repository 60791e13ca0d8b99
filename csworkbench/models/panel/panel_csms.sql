-- One row per CSM × month: since when the CSM is there (joined, or first in charge of an account).
SELECT c.csm_id, m.month, min(c.joined_on) AS joined_on
FROM known_csms AS c
JOIN months AS m ON c.known_from <= m.day AND m.day < c.known_until
GROUP BY c.csm_id, m.month
