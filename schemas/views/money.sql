-- The rows of `amounts`, under the name of the question: every sum of money, who pays whom, what it is part of, and what of it counts in a total.
FROM amounts
