"""What the odds have learned from the precedents; see `odds.py`.

Written by `python tests/bench/odds.py fit`: change nothing by hand. A row says what its
statement adds to the log-odds of each plan, in the order of PLANS.
"""

from __future__ import annotations

PLANS: tuple[tuple[str, ...], ...] = (
    ("prompt",),
    ("rag",),
    ("task_head",),
    ("lora",),
    ("rag", "lora"),
    ("full",),
    ("rag", "full"),
)

BASE = (-1.333, -2.39, -2.19, -1.528, -4.228, -1.758, -3.891)

STATEMENTS: dict[str, tuple[float, ...]] = {
    "behaviour_shift = some": (0.102, -0.124, -0.065, 0.131, 0.052, -0.014, -0.03),
    "behaviour_shift = strong": (-0.193, -0.186, -0.05, -0.015, -0.096, 0.124, 0.031),
    "citations = true": (-0.073, 0.006, -0.066, -0.021, 0.025, 0.094, 0.091),
    "data_quality = strong": (-0.187, -0.143, 0.031, -0.015, -0.018, 0.372, 0.019),
    "deciding": (-0.047, -0.124, 0.457, -0.079, -0.002, -0.06, -0.077),
    "deciding: data_quality = strong": (-0.223, -0.179, 0.065, 0.097, 0.069, 0.144, 0.097),
    "deciding: many examples": (-0.268, -0.23, 0.12, 0.109, 0.095, -0.098, 0.003),
    "deciding: model_access = api": (0.335, -0.05, 0.022, -0.153, -0.045, -0.159, -0.04),
    "deciding: model_access = api_tuning": (-0.145, -0.086, -0.37, 0.59, -0.071, 0.6, -0.076),
    "deciding: model_access = weights": (-0.157, -0.151, 0.12, 0.107, 0.046, -0.026, -0.034),
    "deciding: output_schema = true": (0.295, 0.147, -0.03, -0.176, 0.121, -0.159, 0.128),
    "deciding: prompt_affordable = false": (-0.327, -0.123, 0.261, -0.113, -0.103, -0.073, -0.078),
    "deciding: prompt_result = close": (-0.08, -0.083, 0.005, 0.048, -0.045, -0.085, -0.042),
    "deciding: prompt_result = far": (-0.183, -0.074, -0.077, 0.344, 0.114, 0.473, 0.118),
    "deciding: prompt_result unknown": (0.26, 0.057, 0.354, -0.342, -0.051, -0.342, -0.135),
    "deciding: reasons to tune": (-0.312, -0.2, 0.097, 0.155, 0.175, 0.085, 0.149),
    "deciding: small model": (-0.128, -0.08, -0.613, 0.797, 0.198, 0.274, 0.077),
    "deciding: special, tunable, untested": (-0.121, -0.113, -0.172, 0.37, 0.148, 0.445, 0.041),
    "deciding: specialisation = deep": (-0.183, 0.037, 0.242, -0.028, 0.145, 0.131, 0.015),
    "deciding: specialisation = domain": (-0.015, -0.075, 0.302, -0.162, -0.056, -0.052, -0.017),
    "deciding: specialisation = general": (0.037, -0.103, -0.082, 0.039, -0.044, 0.136, -0.036),
    "deciding: text to search": (0.204, 0.105, 0.134, 0.095, 0.077, 0.172, 0.085),
    "few examples": (0.381, -0.003, 0.047, -0.181, -0.066, -0.084, -0.058),
    "knowledge_updates = days": (-0.108, 0.177, 0.078, -0.244, 0.0, -0.215, -0.023),
    "main_error = knowledge": (-0.173, 0.052, 0.048, -0.314, 0.273, -0.099, 0.288),
    "main_error = skill": (0.048, -0.083, -0.033, -0.088, -0.1, 0.283, -0.081),
    "ml_skill = some": (0.232, 0.176, -0.087, -0.118, -0.075, 0.044, -0.067),
    "ml_skill = strong": (-0.184, -0.176, 0.192, -0.065, -0.042, -0.126, 0.006),
    "model size >= 10": (0.169, -0.001, 0.101, -0.161, -0.194, -0.177, -0.08),
    "model size >= 5": (0.083, -0.258, -0.459, 0.245, 0.067, 0.177, 0.172),
    "model size known": (-0.039, -0.192, -0.579, 0.491, 0.282, 0.225, 0.047),
    "model_access = api": (0.384, 0.171, -0.052, -0.326, -0.165, -0.348, -0.219),
    "model_access = api_tuning": (-0.065, -0.105, -0.46, 0.718, 0.02, 0.604, 0.013),
    "model_access = weights": (-0.322, -0.043, -0.045, 0.293, 0.226, 0.016, 0.05),
    "output_schema = true": (0.164, 0.05, -0.066, -0.085, 0.243, -0.159, 0.131),
    "private_knowledge = true": (0.057, 0.241, -0.089, -0.172, 0.133, -0.188, 0.177),
    "prompt_affordable = false": (-0.378, -0.2, 0.196, 0.053, -0.004, 0.391, -0.136),
    "prompt_result = close": (0.051, 0.054, -0.028, 0.017, -0.066, -0.162, -0.065),
    "prompt_result = far": (-0.173, -0.032, -0.15, 0.256, -0.094, 0.339, 0.062),
    "prompt_result = passes": (-0.045, -0.062, 0.132, -0.069, -0.038, 0.08, -0.036),
    "prompt_result unknown": (0.166, 0.039, 0.046, -0.204, 0.197, -0.258, 0.037),
    "reasons to search": (-0.096, 0.458, 0.074, -0.373, 0.115, -0.333, 0.145),
    "reasons to tune": (-0.209, -0.305, -0.09, 0.385, 0.117, 0.379, 0.012),
    "sensitive_data = true": (0.037, 0.029, -0.048, 0.342, 0.182, 0.045, 0.256),
    "specialisation = deep": (-0.121, -0.264, 0.112, -0.21, 0.169, 0.333, 0.229),
    "specialisation = domain": (-0.328, 0.062, 0.151, 0.138, -0.053, 0.017, 0.038),
    "specialisation = general": (0.245, -0.059, -0.154, -0.054, -0.022, 0.049, 0.007),
    "stakes = high": (0.269, 0.217, -0.144, 0.068, -0.043, 0.22, -0.089),
    "task = answer": (-0.003, 0.529, -0.165, -0.429, 0.354, -0.441, 0.412),
    "task = code": (-0.183, -0.293, -0.076, 0.38, -0.061, 0.371, -0.148),
    "task = extract": (-0.066, 0.005, 0.076, -0.07, 0.026, 0.01, 0.053),
    "task = label": (-0.131, -0.077, 0.404, -0.182, -0.085, -0.036, -0.218),
    "task = match": (0.15, -0.052, -0.023, 0.173, 0.057, -0.035, 0.087),
    "task = rewrite": (-0.068, -0.169, -0.098, 0.134, -0.13, 0.045, 0.052),
    "task = write": (0.22, 0.074, -0.093, 0.025, -0.154, 0.218, -0.232),
    "task_changes = days": (0.519, 0.319, -0.134, -0.199, -0.047, -0.177, -0.053),
    "task_changes = months": (0.222, 0.053, -0.117, -0.108, -0.035, -0.058, -0.03),
    "text to search": (-0.031, 0.427, -0.045, -0.097, 0.405, -0.014, 0.412),
    "text to search: prompt falls short": (-0.043, 0.038, -0.081, 0.189, -0.186, 0.241, -0.037),
    "text to search: reasons to tune": (0.182, 0.098, -0.075, 0.358, 0.084, 0.127, 0.227),
    "text to search: small model": (-0.12, -0.149, -0.073, 0.104, 0.559, 0.107, 0.442),
    "writing": (-0.034, 0.142, -0.433, 0.11, 0.009, 0.193, 0.085),
    "writing: behaviour_shift = some": (0.123, -0.116, -0.058, 0.101, 0.057, 0.048, -0.025),
    "writing: behaviour_shift = strong": (-0.193, -0.186, -0.05, -0.015, -0.096, 0.124, 0.031),
    "writing: data_quality = strong": (0.036, 0.035, -0.033, -0.113, -0.087, 0.228, -0.078),
    "writing: main_error = knowledge": (-0.212, -0.065, -0.1, -0.333, 0.305, -0.148, 0.324),
    "writing: model_access = api": (0.05, 0.221, -0.074, -0.173, -0.12, -0.189, -0.178),
    "writing: model_access = api_tuning": (-0.022, -0.009, -0.072, 0.19, 0.094, 0.075, 0.092),
    "writing: model_access = weights": (-0.144, 0.117, -0.159, 0.156, 0.185, 0.104, 0.09),
    "writing: output_schema = true": (-0.131, -0.097, -0.036, 0.092, 0.122, -0.001, 0.003),
    "writing: prompt_affordable = false": (-0.153, -0.067, -0.048, 0.227, 0.101, 0.536, -0.054),
    "writing: prompt_result = far": (0.031, 0.051, -0.067, -0.118, -0.203, -0.072, -0.05),
    "writing: prompt_result unknown": (-0.094, -0.018, -0.309, 0.138, 0.247, 0.084, 0.172),
    "writing: reasons to tune": (0.063, -0.095, -0.175, 0.246, -0.054, 0.36, -0.133),
    "writing: small model": (-0.058, -0.102, -0.06, -0.175, 0.282, 0.19, 0.056),
    "writing: special, tunable, untested": (-0.473, -0.13, -0.118, 0.224, 0.312, 0.439, 0.273),
    "writing: specialisation = deep": (0.062, -0.301, -0.13, -0.182, 0.024, 0.203, 0.214),
    "writing: specialisation = domain": (-0.291, 0.145, -0.145, 0.27, 0.008, 0.13, 0.06),
    "writing: specialisation = general": (0.208, 0.044, -0.073, -0.093, 0.022, -0.087, 0.043),
    "writing: text to search": (-0.235, 0.322, -0.179, -0.191, 0.327, -0.186, 0.326),
}

OTHER = -5.849
"""The log-odds of a plan that too few precedents know."""

AT_ONCE = 1.193
"""How many plans were right at once, on average, LoRA and full tuning counted once."""

LEARNED = frozenset(
    """
    accordance-tax-analysis adapter-for-each-user amazon-catalog-learnings
    amazon-medication-directions amazon-relevance-distillation ambience-icd10-codes
    anaconda-error-help antibiotic-indication-categories astronomy-assistant-full-corpus
    astronomy-questions-7b atlassian-review-comment-filter automation-dsl-changing-apis
    automation-dsl-tight-latency b01 b02 b06 b14 b16 b18 b20 b22 b23 b28 b29 b30 b31 b34 b35 b36
    b37 b42 b46 b47 b49 b57 b58 b60 bangla-multitask-hate bible-translation-domain-shift
    biomedical-annotation-guidelines-prompt biomedical-relations-no-labels c-vulnerability-fixes
    canva-query-intent capital-one-input-guardrail chatcast-query-product chip-design-assistant
    chip-tool-documentation choco-order-intake classroom-talk-coding climatealigned-greenness
    clinical-note-outcome-prediction clinical-summaries-eight-models clinical-text-flags-8b
    clipping-diplomat-exam code-comments-gpt4-or-tuned code-review-revision
    code-weakness-categories coop-store-policies course-forum-answers crag-dynamic-facts
    cross-border-company-matching cursor-fast-apply cybersecurity-questions
    deliveryhero-title-student dense-news-summaries-cheap digits-accountant-questions
    distil-openbook-multihop distil-text2sql doctor-patient-notes dutch-report-fields-zero-shot
    dutch-report-ner echo-ai-conversation-insights elastic-support-assistant
    entity-matching-tuned-small-llm etsy-expense-policy-answers etsy-realtime-relevance
    fact-checked-claim-llm-embedder fact-checked-claim-search faire-search-relevance-labels
    fake-news-verified-labels farming-advice-by-region finance-report-arithmetic
    financial-report-arithmetic-small-models financial-sentiment-lora-8b
    floqast-transaction-matching fluent-essay-correction freshqa-search-prompt
    gaming-toxic-speech geico-quote-chat german-reader-comments-hate glean-enterprise-embeddings
    google-ads-policy govtech-lionguard2 govtech-off-topic grab-fraud-analytics-reports
    grammarly-delicate-text grounding-check-of-answers harvey-verbatim-passages
    highlighter-outage-reports hipe-historical-newspapers home-voice-function-calls
    hospital-course-summaries icd-coding-with-guidelines icd-cpt-coding-70b
    indian-court-judgement-summaries intent-slot-small-business jailbreak-filter-cheap
    java-bug-fix-code-models judge-for-changing-tasks kubica-post-sentiment
    layout-documents-well-configured-llm lecture-slides-assistant legal-judgment-long-documents
    linkedin-job-writing-prompts little-known-characters llm-translation-adapters-or-shots
    llm-translation-ten-directions log-anomalies-with-labels low-code-workflow-json
    many-narrow-tasks-one-gpu materials-entities materials-entities-128-abstracts
    materials-relations maths-tutor-dialogue medical-continued-pretraining
    medical-exam-small-budget medical-questions-medquad mercadolibre-transactions
    meta-root-cause-changes microsoft-incident-recommendations milo-family-calendar
    motivational-interviewing-chinese multi-hop-news-questions one-long-document-qa
    open-domain-small-talk open-entity-types-limited-compute orbital-property-diligence
    passage-reranking-no-labels patent-claims-drafting pharo-ide-completion
    phi-removal-tuned-gpt phishing-email-3b-models phone-function-calls
    plc-structured-text-compiler podium-conversation-end political-news-stance-sentiment
    product-attribute-values product-matching-unseen pubmed-summaries-t5
    question-pair-similarity-100k radiology-impressions radiology-summaries-million-reports
    raft-on-newer-models raft-open-book-exam rare-entities-synthetic-qa reading-tutor-low-cost
    rental-guest-messages requirements-other-project retail-contact-centre-replies
    retail-snowflake-sql road-inspection-logs-few-per-class safetykit-policy-rules
    schema-and-entity-matching-no-tuning schneider-account-linking science-answer-scoring
    sentence-simplification-44-models shopping-query-product-fit
    short-python-problems-gpt4-or-tuned shortwave-autocomplete shortwave-draft-style
    skill-spans-combined skill-spans-in-job-ads skysight-aviation-posts
    small-corpus-synthetic-pretraining southern-african-language-sentiment spider-sql-api
    statute-retrieval-two-stage stitchfix-ad-headlines stitchfix-product-descriptions
    stix-threat-entities-bart swiggy-dish-search swisscom-voice-bot
    systematic-review-screening-calibrated task-oriented-replies telecom-oracle-tuned-retrieval
    thomson-reuters-support tinder-handle-detection translation-quality-llm-annotator
    translation-quality-low-resource travelers-email-classes trial-eligibility-n2c2
    unit-tests-java unseen-language-in-house vannevar-multilingual-sentiment verilog-in-house
    walmart-relevance-judgement wayfair-style-pairs wix-support-routing-features
    workflow-hallucinated-steps xbrl-extreme-labels-lora zillow-fair-housing zuru-floor-plans
    """.split()  # noqa: SIM905 - two hundred lines less
)
"""The precedents that this was learned from."""
