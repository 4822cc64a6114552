/* Makes COUNT self-signed P-256 certificates: DIRECTORY/hN.pem for the name hN.bench.test, the key
 * behind the certificate. openssl(1) would take a process for each. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

static int write_one(const char *directory, long number)
{
    char name[64], san[96], path[4096];
    snprintf(name, sizeof name, "h%ld.bench.test", number);
    snprintf(san, sizeof san, "DNS:%s", name);
    if ((size_t)snprintf(path, sizeof path, "%s/h%ld.pem", directory, number) >= sizeof path)
        return 0;

    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *subject = X509_NAME_new();
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, san);
    FILE *file = fopen(path, "w");
    int good = key && certificate && subject && names && file
        && X509_set_version(certificate, 2)
        && ASN1_INTEGER_set(X509_get_serialNumber(certificate), number + 1)
        && X509_gmtime_adj(X509_getm_notBefore(certificate), -3600)
        && X509_gmtime_adj(X509_getm_notAfter(certificate), 30 * 86400)
        && X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (unsigned char *)name, -1, -1, 0)
        && X509_set_subject_name(certificate, subject)
        && X509_set_issuer_name(certificate, subject)
        && X509_set_pubkey(certificate, key)
        && X509_add_ext(certificate, names, -1)
        && X509_sign(certificate, key, EVP_sha256())
        && PEM_write_X509(file, certificate)
        && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    if (file && fclose(file) != 0)
        good = 0;
    X509_EXTENSION_free(names);
    X509_NAME_free(subject);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return good;
}

int main(int argc, char **argv)
{
    long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    if (count < 1) {
        fprintf(stderr, "usage: certificates DIRECTORY COUNT\n");
        return 64;
    }
    for (long number = 0; number < count; number++) {
        if (write_one(argv[1], number))
            continue;
        fprintf(stderr, "certificates: cannot make number %ld in %s\n", number, argv[1]);
        return 1;
    }
    return 0;
}
