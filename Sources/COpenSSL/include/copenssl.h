// libssl and libcrypto, plus functions for what OpenSSL offers only as macros.
#pragma once
#include <openssl/bio.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// Swift imports no macro that calls another one.
static const uint64_t copenssl_no_compression = SSL_OP_NO_COMPRESSION;
static const uint64_t copenssl_no_renegotiation =
    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION;
static const uint64_t copenssl_server_preference = SSL_OP_CIPHER_SERVER_PREFERENCE;

static inline long copenssl_ctx_set_mode(SSL_CTX *ctx, long mode) {
    return SSL_CTX_set_mode(ctx, mode);
}

static inline void copenssl_ctx_set_read_ahead(SSL_CTX *ctx) { SSL_CTX_set_read_ahead(ctx, 1); }

static inline void copenssl_ctx_set_session_cache(SSL_CTX *ctx, long mode, long size) {
    SSL_CTX_set_session_cache_mode(ctx, mode);
    SSL_CTX_sess_set_cache_size(ctx, size);
}

static inline int copenssl_ctx_set_versions(SSL_CTX *ctx, int minimum, int maximum) {
    return SSL_CTX_set_min_proto_version(ctx, minimum) == 1 &&
           SSL_CTX_set_max_proto_version(ctx, maximum) == 1;
}

static inline int copenssl_set_versions(SSL *ssl, int minimum, int maximum) {
    return SSL_set_min_proto_version(ssl, minimum) == 1 &&
           SSL_set_max_proto_version(ssl, maximum) == 1;
}

static inline int copenssl_ctx_set_groups(SSL_CTX *ctx, const char *groups) {
    return SSL_CTX_set1_groups_list(ctx, groups) == 1;
}

static inline int copenssl_set_groups(SSL *ssl, const char *groups) {
    return SSL_set1_groups_list(ssl, groups) == 1;
}

static inline void copenssl_ctx_set_servername_callback(SSL_CTX *ctx,
                                                        int (*callback)(SSL *, int *, void *)) {
    SSL_CTX_set_tlsext_servername_callback(ctx, callback);
}

/// Sends the name in the ClientHello.
static inline int copenssl_set_server_name(SSL *ssl, const char *name) {
    return SSL_set_tlsext_host_name(ssl, name) == 1;
}

/// Makes a MAC an HMAC-SHA-256 with this key.
static inline int copenssl_mac_set_key(EVP_MAC_CTX *mac, const unsigned char *key, size_t length) {
    OSSL_PARAM digest[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
                           OSSL_PARAM_construct_end()};
    return EVP_MAC_init(mac, key, length, digest);
}

static inline const char *copenssl_cipher_name(const SSL *ssl) { return SSL_get_cipher_name(ssl); }

/// The group that the keys of the connection were agreed on with; NULL for none.
static inline const char *copenssl_group_name(SSL *ssl) {
    int group = (int)SSL_get_negotiated_group(ssl);
    return group == NID_undef ? NULL : SSL_group_to_name(ssl, group);
}

static inline void copenssl_bio_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void copenssl_bio_set_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline void copenssl_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

/// The text a memory BIO holds; it belongs to the BIO.
static inline long copenssl_bio_contents(BIO *bio, char **text) {
    return BIO_get_mem_data(bio, text);
}

static inline int copenssl_print_name(BIO *bio, const X509_NAME *name) {
    return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
}

static inline STACK_OF(X509) *copenssl_certificates_new(void) { return sk_X509_new_null(); }

static inline int copenssl_certificates_push(STACK_OF(X509) *list, X509 *certificate) {
    return sk_X509_push(list, certificate);
}

static inline int copenssl_certificates_count(const STACK_OF(X509) *list) {
    return sk_X509_num(list);
}

static inline X509 *copenssl_certificates_at(const STACK_OF(X509) *list, int index) {
    return sk_X509_value(list, index);
}

static inline X509 *copenssl_certificates_remove(STACK_OF(X509) *list, int index) {
    return sk_X509_delete(list, index);
}

/// Frees the list and its reference to each certificate.
static inline void copenssl_certificates_free(STACK_OF(X509) *list) {
    sk_X509_pop_free(list, X509_free);
}

/// Whether both leaves and both chains, which may be NULL, are the same.
static inline int copenssl_certificates_equal(const X509 *leaf, const STACK_OF(X509) *chain,
                                              const X509 *other, const STACK_OF(X509) *others) {
    int count = chain == NULL ? 0 : sk_X509_num(chain);
    if (X509_cmp(leaf, other) != 0 || count != (others == NULL ? 0 : sk_X509_num(others))) return 0;
    for (int index = 0; index < count; index++)
        if (X509_cmp(sk_X509_value(chain, index), sk_X509_value(others, index)) != 0) return 0;
    return 1;
}

static inline int copenssl_lookup_default_directory(X509_LOOKUP *lookup) {
    return X509_LOOKUP_add_dir(lookup, NULL, X509_FILETYPE_DEFAULT);
}

static inline int copenssl_lookup_default_file(X509_LOOKUP *lookup) {
    return X509_LOOKUP_load_file(lookup, NULL, X509_FILETYPE_DEFAULT);
}

/// Gives the list the certificate and those of the other list, which is left empty, both may be NULL.
static inline void copenssl_certificates_move(X509 *leaf, STACK_OF(X509) *others,
                                              STACK_OF(X509) *list) {
    if (leaf != NULL && X509_up_ref(leaf)) sk_X509_push(list, leaf);
    while (sk_X509_num(others) > 0) sk_X509_push(list, sk_X509_shift(others));
}

/// A certificate of the default library context with the same contents.
static inline X509 *copenssl_certificate_copy(X509 *certificate) {
    unsigned char *bytes = NULL;
    int length = i2d_X509(certificate, &bytes);
    const unsigned char *position = bytes;
    X509 *copy = length > 0 ? d2i_X509(NULL, &position, length) : NULL;
    OPENSSL_free(bytes);
    return copy;
}

/// Appends copies of the certificate and those of the other list, both of which may be NULL.
static inline void copenssl_certificates_copy(X509 *leaf, STACK_OF(X509) *others,
                                              STACK_OF(X509) *list) {
    for (int index = -1; index < sk_X509_num(others); index++) {
        X509 *source = index < 0 ? leaf : sk_X509_value(others, index);
        X509 *copy = source != NULL ? copenssl_certificate_copy(source) : NULL;
        if (copy != NULL) sk_X509_push(list, copy);
    }
}

/// A key of the default library context with the same contents; NULL for NULL.
static inline EVP_PKEY *copenssl_key_copy(EVP_PKEY *key) {
    unsigned char *bytes = NULL;
    int length = key != NULL ? i2d_PrivateKey(key, &bytes) : 0;
    const unsigned char *position = bytes;
    EVP_PKEY *copy = length > 0 ? d2i_AutoPrivateKey(NULL, &position, length) : NULL;
    OPENSSL_clear_free(bytes, length > 0 ? (size_t)length : 0);
    return copy;
}

/// The kind of encryption of an EncryptedPrivateKeyInfo (RFC 5208), and its cipher, as NIDs: for PBES2 the
/// same; 0 when the bytes are none.
static inline int copenssl_key_encryption(const unsigned char *bytes, size_t length, int *kind,
                                          int *cipher) {
    X509_SIG *info = d2i_X509_SIG(NULL, &bytes, (long)length);
    if (info == NULL) return 0;
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *object = NULL;
    const void *value = NULL;
    int type = 0;
    X509_SIG_get0(info, &algorithm, NULL);
    X509_ALGOR_get0(&object, &type, &value, algorithm);
    *kind = *cipher = OBJ_obj2nid(object);
    PBE2PARAM *parameters = *kind == NID_pbes2 && type == V_ASN1_SEQUENCE
                                ? ASN1_item_unpack(value, ASN1_ITEM_rptr(PBE2PARAM))
                                : NULL;
    if (parameters != NULL) {
        X509_ALGOR_get0(&object, NULL, NULL, parameters->encryption);
        *kind = *cipher = OBJ_obj2nid(object);
        PBE2PARAM_free(parameters);
    } else {
        EVP_PBE_find(EVP_PBE_TYPE_OUTER, *kind, cipher, NULL, NULL);
    }
    X509_SIG_free(info);
    return 1;
}

/// Appends the certificates of a PKCS#7 structure; 0 when it is not of the signed kind.
static inline int copenssl_pkcs7_certificates(const PKCS7 *structure, STACK_OF(X509) *list) {
    if (OBJ_obj2nid(structure->type) != NID_pkcs7_signed) return 0;
    const STACK_OF(X509) *signers = structure->d.sign->cert;
    for (int index = 0; index < sk_X509_num(signers); index++) {
        X509 *certificate = sk_X509_value(signers, index);
        if (X509_up_ref(certificate)) sk_X509_push(list, certificate);
    }
    return 1;
}

/// Whether an encryption is not of PKCS#5 version 2: RC2, RC4, 3DES and the like.
static inline int copenssl_is_outdated(const X509_ALGOR *algorithm) {
    const ASN1_OBJECT *object = NULL;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    return OBJ_obj2nid(object) != NID_pbes2;
}

/// Whether a part of the container, or a key in a part of it, is encrypted in an outdated way.
static inline int copenssl_pkcs12_is_outdated(const PKCS12 *container) {
    int outdated = 0;
    STACK_OF(PKCS7) *parts = PKCS12_unpack_authsafes(container);
    for (int part = 0; part < sk_PKCS7_num(parts); part++) {
        PKCS7 *content = sk_PKCS7_value(parts, part);
        if (PKCS7_type_is_encrypted(content))
            outdated |= copenssl_is_outdated(content->d.encrypted->enc_data->algorithm);
        if (!PKCS7_type_is_data(content)) continue;
        STACK_OF(PKCS12_SAFEBAG) *bags = PKCS12_unpack_p7data(content);
        for (int index = 0; index < sk_PKCS12_SAFEBAG_num(bags); index++) {
            const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, index);
            if (PKCS12_SAFEBAG_get_nid(bag) != NID_pkcs8ShroudedKeyBag) continue;
            const X509_ALGOR *algorithm = NULL;
            X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, NULL);
            outdated |= copenssl_is_outdated(algorithm);
        }
        sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    }
    sk_PKCS7_pop_free(parts, PKCS7_free);
    return outdated;
}

static inline int copenssl_names_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}

/// The bytes of the name at `index` and its type: GEN_DNS, GEN_EMAIL, GEN_URI or GEN_IPADD; NULL for
/// any other type.
static inline const unsigned char *copenssl_names_at(const GENERAL_NAMES *names, int index,
                                                     int *type, int *length) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    const ASN1_STRING *text = NULL;
    // One union: all three are an IA5String.
    if (name->type == GEN_DNS || name->type == GEN_EMAIL || name->type == GEN_URI)
        text = name->d.ia5;
    if (name->type == GEN_IPADD) text = name->d.iPAddress;
    if (text == NULL) return NULL;
    *type = name->type;
    *length = ASN1_STRING_length(text);
    return ASN1_STRING_get0_data(text);
}

static inline GENERAL_NAMES *copenssl_names_new(void) { return sk_GENERAL_NAME_new_null(); }

/// Appends a name of type GEN_DNS or GEN_IPADD; 0 when out of memory.
static inline int copenssl_names_add(GENERAL_NAMES *names, int type, const unsigned char *bytes,
                                     int length) {
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *text = ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING
                                                             : V_ASN1_OCTET_STRING);
    if (name != NULL && text != NULL && ASN1_STRING_set(text, bytes, length) == 1) {
        GENERAL_NAME_set0_value(name, type, text);
        if (sk_GENERAL_NAME_push(names, name) > 0) return 1;
        text = NULL;
    }
    ASN1_STRING_free(text);
    GENERAL_NAME_free(name);
    return 0;
}

static inline EVP_PKEY *copenssl_p256_new(void) { return EVP_EC_gen("P-256"); }

/// Sets a positive serial number from `length` big-endian bytes.
static inline int copenssl_set_serial(X509 *certificate, unsigned char *bytes, int length) {
    bytes[0] = (bytes[0] & 0x7f) | 0x40;
    BIGNUM *number = BN_bin2bn(bytes, length, NULL);
    int done = number != NULL &&
               BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return done;
}

/// Adds an extension written as in x509v3_config(5), to a self-signed certificate.
static inline int copenssl_add_extension(X509 *certificate, int type, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, type, value);
    int done = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}
